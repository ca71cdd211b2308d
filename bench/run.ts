import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { drawCostChart } from './thumbnails/cost-chart.ts'
import { chooseInputs, ensureInput, type Input } from './inputs/inputs.ts'
import { describeMachine } from './support/machine.ts'
import { packResults } from './thumbnails/raw-results.ts'
import { parseOptions, UsageError, type BenchOptions } from './thumbnails/options.ts'
import { hasLibav } from '../src/video/decode/libav/libav-binding.ts'
import { buildPosterframe, startPosterframe } from './support/posterframe.ts'
import { compareReferenceOnly, type ReferenceOnly } from './reference-only.ts'
import { renderReport } from './thumbnails/report.ts'
import type { InputResult, Results } from './thumbnails/results.ts'
import { startStore } from './store/store.ts'
import { readInputFacts, type InputFacts } from './inputs/targets.ts'
import { measureThroughput, type Throughput } from './thumbnails/throughput.ts'
import { tryInput, type Bench } from './thumbnails/trials.ts'

interface ReadyInput {
  readonly input: Input
  readonly path: string
  readonly info: InputFacts
}

const THROUGHPUT_INPUTS = ['2h-moov-first', '10min-moov-first', '1min-moov-first']
const REFERENCE_INPUTS = ['10min-camera', '10min-animation']

try {
  await bench(parseOptions(process.argv.slice(2)))
} catch (error) {
  say(
    error instanceof UsageError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
  )
  process.exitCode = 1
}

async function bench (options: BenchOptions): Promise<void> {
  const startedAt = new Date().toISOString()
  const ffmpeg = process.env['FFMPEG_PATH'] ?? (await findOnPath('ffmpeg'))
  const inputs = await prepareInputs(options, ffmpeg)
  if (options.isMakeOnly) return
  const machine = await describeMachine(ffmpeg)
  const scratch = await mkdtemp(join(options.cacheDirectory, 'run-'))
  try {
    const store = await startStore(options.cacheDirectory)
    try {
      await buildPosterframe()
      const tools = { store, ffmpeg, scratch, patienceSeconds: options.patienceSeconds }
      const measured = await withServices({ options, tools, isIsolated: true }, (services) =>
        measureInputs(services, inputs)
      )
      const throughput = await withServices({ options, tools, isIsolated: false }, (services) =>
        tryThroughput(services, inputs)
      )
      const referenceOnly = await tryReferenceOnly(tools, inputs)
      await publish(
        {
          startedAt,
          command: describeCommand(process.argv.slice(2)),
          machine,
          inputs: measured,
          throughput,
          referenceOnly
        },
        options
      )
    } finally {
      store.close()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function prepareInputs (options: BenchOptions, ffmpeg: string): Promise<ReadyInput[]> {
  const ready: ReadyInput[] = []
  for (const input of chooseInputs(options)) {
    say(`input ${input.name}`)
    const path = await ensureInput(input, options.cacheDirectory, ffmpeg)
    ready.push({ input, path, info: await readInputFacts(path) })
  }
  return ready
}

/** Starts the services, isolated or not: of what bubblewrap isolates, the kernel tells nobody the CPU time. */
async function withServices<T> (
  { options, tools, isIsolated }: Pick<Bench, 'options' | 'tools'> & { readonly isIsolated: boolean },
  use: (bench: Bench) => Promise<T>
): Promise<T> {
  const plan = { directory: tools.scratch, ffmpeg: tools.ffmpeg, isIsolated }
  const service = await startPosterframe(tools.store, { ...plan, way: 'e' })
  const withLibav =
    options.ways.includes('l') && hasLibav() ? await startPosterframe(tools.store, { ...plan, way: 'l' }) : undefined
  try {
    return await use({ options, tools, service, withLibav, say })
  } finally {
    await Promise.all([service.stop(), withLibav?.stop()])
  }
}

async function measureInputs (bench: Bench, ready: readonly ReadyInput[]): Promise<InputResult[]> {
  const inputs: InputResult[] = []
  for (const { input, path, info } of ready) {
    say(`uploading ${input.name}`)
    await bench.tools.store.upload(path, input.file)
    say(`measuring ${input.name}`)
    inputs.push(await tryInput(bench, input, path, info))
  }
  return inputs
}

async function tryThroughput (
  { tools, service, withLibav, options }: Bench,
  ready: readonly ReadyInput[]
): Promise<Throughput | null> {
  const chosen = THROUGHPUT_INPUTS.flatMap((name) => ready.find(({ input }) => input.name === name) ?? [])[0]
  if (chosen === undefined || !options.ways.includes('e') || !options.ways.includes('c')) return null
  const {
    input: { name, file, minutes }
  } = chosen
  say(`measuring throughput on ${name}`)
  return await measureThroughput(tools, [service, ...(withLibav === undefined ? [] : [withLibav])], {
    input: name,
    key: file,
    minutes,
    count: options.isQuick ? 12 : 40
  })
}

async function tryReferenceOnly (
  { ffmpeg, scratch }: Bench['tools'],
  ready: readonly ReadyInput[]
): Promise<ReferenceOnly[]> {
  const compared: ReferenceOnly[] = []
  for (const { input, path, info } of ready.filter(({ input }) => REFERENCE_INPUTS.includes(input.name))) {
    say(`comparing reference-only decoding on ${input.name}`)
    compared.push(
      await compareReferenceOnly(input.name, path, {
        atSeconds: info.first.frameSeconds + 0.4 / info.framesPerSecond,
        ffmpeg,
        scratch
      })
    )
  }
  return compared
}

async function publish (results: Results, { outputDirectory }: BenchOptions): Promise<void> {
  await mkdir(outputDirectory, { recursive: true })
  const page = renderReport(results)
  await writeFile(join(outputDirectory, 'RESULTS.md'), page)
  await writeFile(join(outputDirectory, 'results.json'), packResults(results))
  await writeFile(join(outputDirectory, 'cost.svg'), drawCostChart(results))
  process.stdout.write(page)
}

/** Without the directories, which say nothing to whoever reads the page. */
function describeCommand (args: readonly string[]): string {
  const told = args.filter(
    (arg, place) => !['--cache', '--output'].includes(arg) && !['--cache', '--output'].includes(args[place - 1] ?? '')
  )
  return ['npm run bench --', ...told].join(' ')
}

async function findOnPath (program: string): Promise<string> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, program)
    if (
      await access(path).then(
        () => true,
        () => false
      )
    ) { return path }
  }
  throw new Error(`${program} is not on the PATH`)
}

function say (line: string): void {
  process.stderr.write(`${line}\n`)
}
