export function bundle(
  entries: Readonly<Record<string, string>>,
  outDir: string,
): Promise<Readonly<Record<string, string>>>;
