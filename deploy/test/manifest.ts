import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAllDocuments } from 'yaml'

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string, readonly namespace?: string }
  readonly spec?: any
  readonly [name: string]: any
}

interface Validate {
  (data: unknown): boolean
  readonly errors?: ReadonlyArray<{ readonly instancePath: string, readonly keyword: string, readonly params: object }>
}

/** The folder of the manifests. */
export const MANIFEST_FOLDER = join(import.meta.dirname, '../kubernetes')

/** Reads all documents of all files, by their path below deploy/kubernetes. */
export function readManifests (): ReadonlyMap<string, Manifest> {
  const paths = readdirSync(MANIFEST_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort()
  return new Map(
    paths.flatMap((path) =>
      parseManifests(readFileSync(join(MANIFEST_FOLDER, path), 'utf8')).map((manifest) => [path, manifest])
    )
  )
}

/**
 * Parses the documents of a YAML file.
 * @throws YAMLParseError
 */
export function parseManifests (text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as Manifest
  })
}

/**
 * Validates `manifest` against the schema of its kind. Returns the paths of unknown members, which the schema allows.
 * @throws Error with all violations
 */
export async function validateManifest (manifest: Manifest): Promise<string[]> {
  const { validate } = (await import(locateSchema(manifest))) as { validate: Validate }
  const read = new Set<string>()
  if (!validate(watch(manifest, '', read))) {
    throw new Error(
      validate.errors
        ?.map(({ instancePath, keyword, params }) => `${instancePath}: ${keyword} ${JSON.stringify(params)}`)
        .join('\n')
    )
  }
  return listMembers(manifest).filter((path) => !read.has(path))
}

/** Records which members the validator reads. It is generated code that reads every member of its schema. */
function watch (value: any, path: string, read: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get (target, name) {
      if (typeof name === 'symbol') return Reflect.get(target, name)
      read.add(`${path}/${name}`)
      return watch(target[name], `${path}/${name}`, read)
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

/** Returns the URL of the schema's file, because one of the packages does not export its schemas. */
function locateSchema ({ apiVersion, kind }: Manifest): string {
  const capitalise = (text: string) => text.replace(/^./, (first) => first.toUpperCase())
  const [version = '', group = 'core'] = apiVersion.split('/').reverse()
  const path =
    group === 'keda.sh'
      ? `@kubernetes-models/keda/_schemas/ComGithubKedacoreKedaV2ApisKeda${capitalise(version)}${kind}.js`
      : `kubernetes-models/_schemas/IoK8sApi${capitalise(group.split('.')[0] ?? '')}${capitalise(version)}${kind}.js`
  return pathToFileURL(join(import.meta.dirname, '../node_modules', path)).href
}
