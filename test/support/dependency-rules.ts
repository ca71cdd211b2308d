import { builtinModules } from 'node:module'
import type { SourceFile } from './source-files.ts'

/** The dependencies in package.json. */
export interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * Returns every difference between the packages that `sources` import and the dependencies in `manifest`. Types may
 * come from a development dependency, since they do not exist at run time.
 *
 * @param unimported the dependencies that no file imports, each with the reason for it
 */
export function compareDependencies (
  sources: readonly SourceFile[],
  manifest: PackageManifest,
  unimported: Readonly<Record<string, string>>
): string[] {
  const shipped = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
  const development = Object.keys(manifest.devDependencies ?? {})
  const imported = new Set<string>()
  const breaches: string[] = []
  for (const { path, imports } of sources) {
    for (const { target, isRelative, isTypeOnly } of imports) {
      if (isRelative || target.startsWith('node:')) continue
      const name = namePackage(target)
      imported.add(name)
      if (builtinModules.includes(target)) breaches.push(`${path}: ${target} must be imported as node:${target}`)
      else if (!shipped.has(name) && !(isTypeOnly && development.includes(nameTypes(name)))) {
        breaches.push(`${path}: ${name} is not a dependency`)
      }
    }
  }
  for (const name of shipped) {
    if (!imported.has(name) && !(name in unimported)) breaches.push(`${name} is a dependency that no file imports`)
  }
  for (const name of Object.keys(unimported)) {
    if (imported.has(name) || !shipped.has(name)) breaches.push(`${name} does not need an exception`)
  }
  return breaches
}

function namePackage (target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

function nameTypes (name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`
}
