/** The most memory that this process has had in use so far (resident set size). */
export function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1_024;
}
