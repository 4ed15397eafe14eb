/** Thrown where a schema needs a package that is not installed. */
class PackageMissingError extends Error {
  constructor(names: readonly string[], options?: ErrorOptions) {
    super(`install ${names.join(" and ")} beside @stationkit/memphis-compat: npm install ${names.join(" ")}`, options);
  }
}

/**
 * Loads what most users do not need, and so do not have to install.
 * @param load - imports one optional peer dependency.
 * @param names - all packages that this kind of schema needs.
 */
export async function loadPackage<Module>(names: readonly string[], load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") throw new PackageMissingError(names, { cause });
    throw cause;
  }
}
