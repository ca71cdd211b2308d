// npm run bench: compares Posterframe with ffmpeg and ffmpegthumbnailer; writes RESULTS.md, results.json and
// cost.svg.
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { hasLibav } from '../src/video/decode/libav/libav-binding.ts'
import { chooseInputs, ensureInput, type Input } from './inputs/inputs.ts'
import { readInputInfo, type InputInfo } from './inputs/targets.ts'
import { startStore } from './store/store.ts'
import { describeMachine } from './support/machine.ts'
import { buildPosterframe, startPosterframe } from './support/posterframe.ts'
import { drawCostChart } from './thumbnails/cost-chart.ts'
import { parseOptions, USAGE, UsageError, type BenchOptions } from './thumbnails/options.ts'
import { packResults } from './thumbnails/raw-results.ts'
import { renderReport } from './thumbnails/report.ts'
import type { InputResult, Results } from './thumbnails/results.ts'
import { measureThroughput, type Throughput } from './thumbnails/throughput.ts'
import { tryInput, type Bench } from './thumbnails/trials.ts'

interface ReadyInput {
  readonly input: Input
  readonly path: string
  readonly info: InputInfo
}

/** Inputs for the throughput, of which the first that is part of the run is used. */
const THROUGHPUT_INPUTS = ['2h-moov-first', '10min-moov-first', '1min-moov-first']

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === undefined) process.stdout.write(`${USAGE}\n`)
  else await bench(options)
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
      const tools = { store, ffmpeg, scratch, timeoutSeconds: options.timeoutSeconds }
      const measured = await withServices({ options, tools, isIsolated: true }, (services) =>
        measureInputs(services, inputs)
      )
      const throughput = await withServices({ options, tools, isIsolated: false }, (services) =>
        tryThroughput(services, inputs)
      )
      const command = describeCommand(process.argv.slice(2))
      await publish({ startedAt, command, machine, inputs: measured, throughput }, options)
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
    ready.push({ input, path, info: await readInputInfo(path) })
  }
  return ready
}

/** Starts the services, with or without isolation: the kernel does not report the CPU time of isolated decoders. */
async function withServices<T> (
  { options, tools, isIsolated }: Pick<Bench, 'options' | 'tools'> & { readonly isIsolated: boolean },
  use: (bench: Bench) => Promise<T>
): Promise<T> {
  const { scratch: directory, ffmpeg, store } = tools
  const service = await startPosterframe(store, { decoder: 'ffmpeg', directory, ffmpeg, isIsolated })
  const libavService =
    options.contestants.includes('posterframeLibav') && hasLibav()
      ? await startPosterframe(store, { decoder: 'libav', directory, ffmpeg, isIsolated })
      : undefined
  try {
    return await use({ options, tools, service, libavService, say })
  } finally {
    await Promise.all([service.stop(), libavService?.stop()])
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
  { tools, service, libavService, options: { contestants, isQuick } }: Bench,
  ready: readonly ReadyInput[]
): Promise<Throughput | null> {
  const chosen = THROUGHPUT_INPUTS.flatMap((name) => ready.find(({ input }) => input.name === name) ?? [])[0]
  if (chosen === undefined) return null
  if (!contestants.includes('posterframeFfmpeg') || !contestants.includes('ffmpegKeyFrameOnUrl')) return null
  const { name, file, minutes } = chosen.input
  say(`measuring throughput on ${name}`)
  const services = [service, ...(libavService === undefined ? [] : [libavService])]
  return await measureThroughput(tools, services, { input: name, key: file, minutes, count: isQuick ? 12 : 40 })
}

async function publish (results: Results, { outputDirectory }: BenchOptions): Promise<void> {
  await mkdir(outputDirectory, { recursive: true })
  const page = renderReport(results)
  await writeFile(join(outputDirectory, 'RESULTS.md'), page)
  await writeFile(join(outputDirectory, 'results.json'), packResults(results))
  await writeFile(join(outputDirectory, 'cost.svg'), drawCostChart(results))
  process.stdout.write(page)
}

/** The command without its directories, which mean nothing to a reader of the page. */
function describeCommand (args: readonly string[]): string {
  const directories = ['--cache', '--output']
  const shown = args.filter((arg, place) => !directories.includes(arg) && !directories.includes(args[place - 1] ?? ''))
  return ['npm run bench --', ...shown].join(' ')
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
  throw new Error(`${program} is not on the PATH. Install it or set FFMPEG_PATH.`)
}

function say (line: string): void {
  process.stderr.write(`${line}\n`)
}
