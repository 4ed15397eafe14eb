/** The streams of a station's partitions, in order. */
export function streamsOf(station: string, partitions: number): string[] {
  return Array.from({ length: partitions }, (_, index) => `${station}$${index + 1}`);
}
