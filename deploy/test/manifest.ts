import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAllDocuments } from 'yaml'

/** One object of Kubernetes, as the file has it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec?: any
  readonly [name: string]: any
}

interface Validate {
  (data: unknown): boolean
  readonly errors?: ReadonlyArray<{ readonly instancePath: string, readonly keyword: string, readonly params: object }>
}

const directory = join(import.meta.dirname, '../kubernetes')

/** All documents of all files, by path below deploy/kubernetes. */
export function readManifests (): ReadonlyMap<string, Manifest> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
  return new Map(
    paths.flatMap((path) =>
      parseAllDocuments(readFileSync(join(directory, path), 'utf8')).map((document) => {
        if (document.errors[0] !== undefined) throw document.errors[0]
        return [path, document.toJS() as Manifest]
      })
    )
  )
}

/**
 * Holds `manifest` against the schema of its kind. Throws what is wrong; answers the paths of members that the schema
 * does not know, which it lets pass.
 */
export async function validateManifest (manifest: Manifest): Promise<string[]> {
  const { validate } = (await import(locateSchema(manifest))) as { validate: Validate }
  const asked = new Set<string>()
  if (!validate(watch(manifest, '', asked))) {
    throw new Error(
      validate.errors
        ?.map(({ instancePath, keyword, params }) => `${instancePath}: ${keyword} ${JSON.stringify(params)}`)
        .join('\n')
    )
  }
  return listMembers(manifest).filter((path) => !asked.has(path))
}

/** Validators are generated code that reads each member that it knows: what none of them reads is not in the schema. */
function watch (value: any, path: string, asked: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get (target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name)
      asked.add(`${path}/${name}`)
      return watch(target[name], `${path}/${name}`, asked)
    }
  })
}

function listMembers (value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [
    `${path}/${name}`,
    ...listMembers(member, `${path}/${name}`)
  ])
}

/** By its path, since one of the packages exports no schemas. */
function locateSchema ({ apiVersion, kind }: Manifest): string {
  const capitalise = (text: string) => text.replace(/^./, (first) => first.toUpperCase())
  const [version = '', group = 'core'] = apiVersion.split('/').reverse()
  const path =
    group === 'keda.sh'
      ? `@kubernetes-models/keda/_schemas/ComGithubKedacoreKedaV2ApisKeda${capitalise(version)}${kind}.js`
      : `kubernetes-models/_schemas/IoK8sApi${capitalise(group.split('.')[0] ?? '')}${capitalise(version)}${kind}.js`
  return pathToFileURL(join(import.meta.dirname, '../node_modules', path)).href
}
