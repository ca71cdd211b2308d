import type { SourceFacts, SourceImport } from './source-facts.ts'

/** One rule of the layout: answers every breach as `path: what`. */
export interface SourceRule {
  readonly name: string
  readonly findBreaches: (sources: readonly SourceFacts[]) => string[]
}

const ENTRIES = ['server.ts', 'lambda.ts', 'cli.ts']
const isIn = (...places: string[]) => (path: string) => places.some((place) => place.endsWith('/') ? path.startsWith(place) : path === place)
const isAws = (target: string) => /^@(aws-sdk|smithy)\//.test(target)
const isFastify = (target: string) => /^(fastify|fastify-.*|@fastify\/.*)$/.test(target)
const isTelemetry = (target: string) => /^(prom-client$|@opentelemetry\/)/.test(target)
const isChildProcess = (target: string) => /^(node:)?child_process$/.test(target)

/** Breaches where a file outside `allowed` imports what `isMeant` names; types count too. */
const onlyIn = (allowed: (path: string) => boolean, isMeant: (target: string, imported: SourceImport) => boolean) =>
  (sources: readonly SourceFacts[]) => sources.filter(({ path }) => !allowed(path)).flatMap(({ path, imports }) =>
    imports.filter((imported) => isMeant(imported.target, imported)).map(({ target }) => `${path}: imports ${target}`))

const where = (isBreach: (source: SourceFacts) => string | false | undefined) => (sources: readonly SourceFacts[]) =>
  sources.flatMap((source) => {
    const breach = isBreach(source)
    return typeof breach === 'string' ? [`${source.path}: ${breach}`] : []
  })

const not = (isMeant: (path: string) => boolean) => (path: string) => !isMeant(path)

const MAX_LINES = 250
const MEDIAN_BELOW_LINES = 80

export const SOURCE_RULES: readonly SourceRule[] = [
  {
    name: 'only entries read the environment',
    findBreaches: where(({ path, readsEnvironment }) => readsEnvironment && !ENTRIES.includes(path) && 'reads process.env')
  },
  {
    name: 'only compose.ts constructs adapters',
    findBreaches: where(({ path, calls }) => {
      if (path === 'compose.ts') return false
      const adapters = [...calls].filter((name) => /^create[A-Z]\w*Store$/.test(name) || (name === 'S3Client' && !path.startsWith('storage/')))
      return adapters.length > 0 && `constructs ${adapters.join(', ')}`
    })
  },
  { name: 'only http/ and entries import fastify', findBreaches: onlyIn(isIn('http/', ...ENTRIES), isFastify) },
  {
    name: 'only the S3 adapters of storage/, events/ and compose.ts import the AWS SDK',
    findBreaches: onlyIn(isIn('storage/s3-store.ts', 'storage/s3-upload-store.ts', 'storage/s3-signing.ts', 'storage/s3-client.ts', 'events/', 'compose.ts'), isAws)
  },
  { name: 'only video/run-process.ts imports child_process', findBreaches: onlyIn(isIn('video/run-process.ts'), isChildProcess) },
  { name: 'only telemetry/ imports prom-client and OpenTelemetry', findBreaches: onlyIn(isIn('telemetry/'), isTelemetry) },
  {
    name: 'thumbnails/, video/, storage/ and limits/ know of telemetry only its ports',
    findBreaches: onlyIn(not(isIn('thumbnails/', 'video/', 'storage/', 'limits/')), (target) => target.startsWith('telemetry/') && !isIn('telemetry/recorder.ts', 'telemetry/tracer.ts')(target))
  },
  { name: 'only http/, entries and the composition know http/', findBreaches: onlyIn(isIn('http/', 'compose.ts', ...ENTRIES), isIn('http/')) },
  { name: 'only entries compose', findBreaches: onlyIn(isIn(...ENTRIES), isIn('compose.ts')) },
  { name: 'nothing imports an entry', findBreaches: onlyIn(() => false, isIn(...ENTRIES)) },
  {
    name: 'thumbnails/ knows neither HTTP nor AWS, and of storage only the port and the sources of bytes over it',
    findBreaches: onlyIn(not(isIn('thumbnails/')), (target, { isTypeOnly }) =>
      isAws(target) || isFastify(target) || /^(node:)?(http|https|http2)$/.test(target) || isIn('http/', 'events/', 'config.ts')(target) ||
      (target.startsWith('storage/') && !(target === 'storage/object-store.ts' && isTypeOnly) && !target.endsWith('byte-source.ts')))
  },
  {
    name: 'uploads/ knows neither HTTP nor AWS, and of storage only the ports',
    findBreaches: onlyIn(not(isIn('uploads/')), (target, { isTypeOnly }) =>
      isAws(target) || isFastify(target) || isIn('http/', 'events/', 'config.ts')(target) ||
      (target.startsWith('storage/') && !(isTypeOnly && isIn('storage/object-store.ts', 'storage/upload-store.ts')(target))))
  },
  {
    name: 'jobs/ knows neither HTTP nor AWS, nor what is made, and of storage only the port',
    findBreaches: onlyIn(not(isIn('jobs/')), (target, { isTypeOnly }) =>
      isAws(target) || isFastify(target) || isIn('http/', 'events/', 'config.ts', 'thumbnails/', 'video/')(target) || (target.startsWith('storage/') && !(isTypeOnly && target === 'storage/object-store.ts')))
  },
  {
    name: 'storage/, video/ and limits/ import nothing that stands above them but types and pure planning',
    findBreaches: onlyIn(not(isIn('storage/', 'video/', 'limits/')), (target, { isTypeOnly }) =>
      isIn('http/', 'events/', 'config.ts', 'compose.ts')(target) || (target.startsWith('thumbnails/') && !isTypeOnly && !isIn('thumbnails/timestamp.ts', 'thumbnails/options.ts')(target)))
  },
  { name: 'an import that leads to a file says its ending', findBreaches: onlyIn(() => false, (target, { isRelative }) => isRelative && !/\.(ts|json)$/.test(target) && !isIn('client/send-file.js')(target)) },
  { name: `no file has more than ${MAX_LINES} lines`, findBreaches: where(({ lines }) => lines > MAX_LINES && `has ${lines} lines`) },
  {
    name: `the median file has fewer than ${MEDIAN_BELOW_LINES} lines`,
    findBreaches: (sources) => {
      const median = sources.map(({ lines }) => lines).sort((one, other) => one - other)[Math.floor(sources.length / 2)] ?? 0
      return median < MEDIAN_BELOW_LINES ? [] : [`the median is ${median} lines`]
    }
  },
  {
    name: 'names are kebab-case and name a concept',
    findBreaches: where(({ path }) => {
      const parts = path.replace(/\.ts$/, '').split('/')
      if (parts.some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))) return 'is not kebab-case'
      return parts.some((part) => part.split('-').some((word) => /^(utils?|helpers?|common|misc|shared)$/.test(word)) || part === 'index') && 'names no concept'
    })
  },
  { name: 'exports are named', findBreaches: where(({ hasDefaultExport }) => hasDefaultExport && 'has a default export') },
  { name: 'there are no barrels', findBreaches: where(({ exportsOfOthers }) => exportsOfOthers && 'exports what is another file\'s') },
  {
    name: 'client/ stands alone: nothing of the service, nothing of Node',
    findBreaches: (sources) => [
      ...onlyIn(not(isIn('client/')), (target, { isRelative }) => target.startsWith('node:') || (isRelative && !isIn('client/')(target)))(sources),
      ...onlyIn(isIn('client/'), isIn('client/'))(sources)
    ]
  },
  { name: 'every export has a docblock', findBreaches: (sources) => sources.flatMap(({ path, undocumented }) => undocumented.map((name) => `${path}: ${name} has no docblock`)) }
]
