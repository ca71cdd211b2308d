import type { SourceFile, SourceImport } from './source-files.ts'

/** A layout rule. `findBreaches` returns each violation as `path: problem`. */
export interface SourceRule {
  readonly name: string
  readonly findBreaches: (sources: readonly SourceFile[]) => string[]
}

const ENTRIES = ['server.ts', 'lambda.ts', 'cli.ts']

/**
 * Every file and folder of `src/`, from the lowest layer to the highest. A file may import its own entry and those in
 * earlier rows, types included. The longest matching entry applies to a path. Entries in one row do not import each
 * other.
 */
export const LAYERS: ReadonlyArray<readonly string[]> = [
  ['errors.ts', 'config/loopback.ts', 'runtime/lazy-import.ts'],
  ['input/', 'telemetry/work.ts'],
  ['options/'],
  ['limits/'],
  ['telemetry/'],
  ['access/', 'sandbox/', 'store/'],
  ['video/media/ranged-extraction-error.ts'],
  ['video/source/'],
  ['video/media/'],
  ['video/bitstream/', 'video/demux/index-summary.ts'],
  ['video/demux/video-index.ts'],
  ['video/demux/mp4/', 'video/demux/matroska/'],
  ['video/demux/fmp4/'],
  ['video/demux/', 'video/remux/', 'video/decode/', 'video/image/'],
  ['video/extract/'],
  ['thumbnails/thumbnail.ts'],
  ['thumbnails/preview.ts', 'thumbnails/storyboard.ts', 'thumbnails/source-identity.ts'],
  ['thumbnails/stored/'],
  ['thumbnails/'],
  ['thumbnails/use-cases/'],
  ['jobs/', 'uploads/'],
  ['events/'],
  ['config/'],
  ['runtime/', 'doctor/'],
  ['http/services.ts'],
  ['http/'],
  ['open-stores.ts'],
  ['compose.ts'],
  ['cli/'],
  ENTRIES,
  ['client/']
]

const MAX_LINES = 250
const MAX_FILES_PER_FOLDER = 30
const MAX_FOLDERS = 18

const isIn =
  (...places: string[]) =>
    (path: string) =>
      places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place))
const isAws = (target: string) => /^@(aws-sdk|smithy)\//.test(target)
const isFastify = (target: string) => /^(fastify|fastify-.*|@fastify\/.*)$/.test(target)
const isTelemetry = (target: string) => /^(prom-client$|@opentelemetry\/)/.test(target)
const isChildProcess = (target: string) => /^(node:)?child_process$/.test(target)

/** Returns a check that only `allowed` files import targets that match `matches`, types included. */
const onlyIn =
  (allowed: (path: string) => boolean, matches: (target: string, imported: SourceImport) => boolean) =>
    (sources: readonly SourceFile[]) =>
      sources
        .filter(({ path }) => !allowed(path))
        .flatMap(({ path, imports }) =>
          imports
            .filter((imported) => matches(imported.target, imported))
            .map(({ target }) => `${path}: imports ${target}`)
        )

const findEach = (isBreach: (source: SourceFile) => string | false | undefined) => (sources: readonly SourceFile[]) =>
  sources.flatMap((source) => {
    const breach = isBreach(source)
    return typeof breach === 'string' ? [`${source.path}: ${breach}`] : []
  })

const not = (matches: (path: string) => boolean) => (path: string) => !matches(path)

/** Returns the layer of a path: the index of the row, and the matching entry. */
function findLayer (path: string): { readonly row: number, readonly entry: string } | undefined {
  return LAYERS.flatMap((entries, row) =>
    entries.filter((entry) => isIn(entry)(path)).map((entry) => ({ row, entry }))
  ).sort((one, other) => other.entry.length - one.entry.length)[0]
}

function findUpwardImports (sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, imports }) => {
    const own = findLayer(path)
    if (own === undefined) return [`${path}: is in no layer`]
    return imports
      .filter(({ isRelative, target }) => isRelative && /\.ts$/.test(target))
      .flatMap(({ target }) => {
        const other = findLayer(target)
        return other === undefined || other.row < own.row || other.entry === own.entry
          ? []
          : [`${path}: imports ${target}`]
      })
  })
}

/**
 * Returns the import cycles: sets of files each of which reaches all others (Tarjan's strongly connected components).
 */
function findCycles (sources: readonly SourceFile[]): string[] {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]))
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const path: string[] = []
  const cycles: string[] = []
  const visit = (file: string): number => {
    const own = order.size
    order.set(file, own)
    lowest.set(file, own)
    path.push(file)
    for (const target of importsOf.get(file) ?? []) {
      if (!importsOf.has(target)) continue
      if (!order.has(target)) lowest.set(file, Math.min(lowest.get(file)!, visit(target)))
      else if (path.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, order.get(target)!))
    }
    if (lowest.get(file) === own) {
      const cycle = path.splice(path.indexOf(file))
      if (cycle.length > 1) cycles.push(`${cycle.sort().join(', ')}: import each other`)
    }
    return lowest.get(file)!
  }
  for (const file of importsOf.keys()) if (!order.has(file)) visit(file)
  return cycles
}

function findCrowdedFolders (sources: readonly SourceFile[]): string[] {
  const folders = Object.entries(Object.groupBy(sources, ({ path }) => path.slice(0, path.lastIndexOf('/') + 1)))
  const top = new Set(sources.filter(({ path }) => path.includes('/')).map(({ path }) => path.split('/')[0]))
  return [
    ...folders.flatMap(([folder, files = []]) =>
      files.length > MAX_FILES_PER_FOLDER ? [`${folder}: has ${files.length} files`] : []
    ),
    ...(top.size > MAX_FOLDERS ? [`src/: has ${top.size} folders`] : [])
  ]
}

export const SOURCE_RULES: readonly SourceRule[] = [
  { name: 'imports only go down the layers', findBreaches: findUpwardImports },
  { name: 'files do not import each other in a cycle', findBreaches: findCycles },
  {
    name: `a folder has at most ${MAX_FILES_PER_FOLDER} files, and src/ at most ${MAX_FOLDERS} folders`,
    findBreaches: findCrowdedFolders
  },
  {
    name: 'only entries read the environment',
    findBreaches: findEach(
      ({ path, readsEnvironment }) => readsEnvironment && !ENTRIES.includes(path) && 'reads process.env'
    )
  },
  {
    name: 'only compose.ts and open-stores.ts construct adapters',
    findBreaches: findEach(({ path, calls }) => {
      if (isIn('compose.ts', 'open-stores.ts')(path)) return false
      const adapters = [...calls].filter(
        (name) => /^create[A-Z]\w*Store$/.test(name) || (name === 'S3Client' && !path.startsWith('store/'))
      )
      return adapters.length > 0 && `constructs ${adapters.join(', ')}`
    })
  },
  { name: 'only http/ and entries import fastify', findBreaches: onlyIn(isIn('http/', ...ENTRIES), isFastify) },
  {
    name: 'only store/s3/, events/ and compose.ts import the AWS SDK',
    findBreaches: onlyIn(isIn('store/s3/', 'events/', 'compose.ts'), isAws)
  },
  { name: 'only sandbox/ starts processes', findBreaches: onlyIn(isIn('sandbox/'), isChildProcess) },
  {
    name: 'only telemetry/ imports prom-client and OpenTelemetry',
    findBreaches: onlyIn(isIn('telemetry/'), isTelemetry)
  },
  {
    name: 'only entries, http/ and compose.ts import more of telemetry/ than its ports',
    findBreaches: onlyIn(
      isIn('telemetry/', 'http/', 'compose.ts', ...ENTRIES),
      (target) =>
        target.startsWith('telemetry/') &&
        !isIn('telemetry/recorder.ts', 'telemetry/tracer.ts', 'telemetry/step-clock.ts', 'telemetry/work.ts')(target)
    )
  },
  {
    name: 'use cases, jobs and uploads import only the ports of store/',
    findBreaches: onlyIn(
      not(isIn('thumbnails/', 'uploads/', 'jobs/', 'video/')),
      (target, { isTypeOnly }) =>
        target.startsWith('store/') &&
        // Rules, tables and errors that all stores share, and stored-json.ts, which uses the port and no adapter.
        !isIn(
          'store/connection-error.ts',
          'store/media-type.ts',
          'store/object-key.ts',
          'store/store-error.ts',
          'store/stored-json.ts'
        )(target) &&
        !(isTypeOnly && isIn('store/object-store.ts', 'store/upload-store.ts')(target))
    )
  },
  {
    name: 'use cases do not import HTTP',
    findBreaches: onlyIn(not(isIn('thumbnails/', 'uploads/', 'jobs/', 'video/')), (target) =>
      /^(node:)?(http|https|http2)$/.test(target)
    )
  },
  { name: 'nothing imports an entry', findBreaches: onlyIn(() => false, isIn(...ENTRIES)) },
  {
    name: 'relative imports have a file extension',
    findBreaches: onlyIn(
      () => false,
      (target, { isRelative }) => isRelative && !/\.(ts|json)$/.test(target) && !isIn('client/send-file.js')(target)
    )
  },
  {
    name: `no file has more than ${MAX_LINES} lines`,
    findBreaches: findEach(({ lines }) => lines > MAX_LINES && `has ${lines} lines`)
  },
  {
    name: 'names are kebab-case and name a concept',
    findBreaches: findEach(({ path }) => {
      const parts = path.replace(/\.ts$/, '').split('/')
      if (parts.some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))) return 'is not kebab-case'
      return (
        parts.some(
          (part) =>
            part.split('-').some((word) => /^(utils?|helpers?|common|misc|shared)$/.test(word)) || part === 'index'
        ) && 'does not name a concept'
      )
    })
  },
  {
    name: 'exports are named',
    findBreaches: findEach(({ hasDefaultExport }) => hasDefaultExport && 'has a default export')
  },
  {
    name: 'there are no barrels',
    findBreaches: findEach(({ reexports }) => reexports && 're-exports from another file')
  },
  {
    name: 'client/ is independent of the service and of Node',
    findBreaches: (sources) => [
      ...onlyIn(
        not(isIn('client/')),
        (target, { isRelative }) => target.startsWith('node:') || (isRelative && !isIn('client/')(target))
      )(sources),
      ...onlyIn(isIn('client/'), isIn('client/'))(sources)
    ]
  },
  {
    name: 'every export has a docblock',
    findBreaches: (sources) =>
      sources.flatMap(({ path, undocumented }) => undocumented.map((name) => `${path}: ${name} has no docblock`))
  }
]
