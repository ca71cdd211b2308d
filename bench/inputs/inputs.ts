import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LOOP_SECONDS, makeLarge, makeLoop, type Layout, type LoopContent } from './recipes.ts'

/** One video of the bench. */
export interface Input {
  /** Name in the tables and for `--only`. */
  readonly name: string
  readonly minutes: number
  readonly layout: Layout
  /** Meaning of the numbers that the frames show: see `expectedBarcode`. */
  readonly barcodes: 'minutes and frames' | 'frames'
  readonly file: string
  readonly isQuick: boolean
  readonly about: string
  readonly make: (context: { readonly directory: string, readonly ffmpeg: string }) => Promise<void>
}

const LAYOUTS = [
  { layout: 'moov last', word: 'moov-end' },
  { layout: 'moov first', word: 'faststart' },
  { layout: 'fragmented', word: 'frag' }
] as const

function describeLarge (minutes: number, layout: Layout): Input {
  const length = minutes < 60 ? `${minutes}min` : `${minutes / 60}h`
  const fileOf = (one: Layout) => `large-${length}-${LAYOUTS.find((other) => other.layout === one)!.word}.mp4`
  const file = fileOf(layout)
  return {
    name: `${length}-${layout.replace(' ', '-')}`,
    minutes,
    layout,
    barcodes: 'minutes and frames',
    file,
    isQuick: minutes < 60,
    about: '1080p30 H.264 at 2 Mbit/s, a key frame every 250 frames, no B-frames, mono AAC',
    make: (context) => makeLarge({ ...context, minutes, layout, file, movieLastFile: fileOf('moov last') })
  }
}

function describeLoop (
  name: string,
  content: LoopContent,
  about: string,
  { minutes = 10, isQuick = false }: { readonly minutes?: number, readonly isQuick?: boolean } = {}
): Input {
  const file = `loop-${name}.mp4`
  return {
    name,
    minutes,
    layout: 'moov last',
    barcodes: 'frames',
    file,
    isQuick,
    about,
    make: (context) => makeLoop({ ...context, minutes, file, content })
  }
}

/** All inputs, the short ones first. */
export const INPUTS: readonly Input[] = [
  ...[1, 10].flatMap((minutes) => LAYOUTS.map(({ layout }) => describeLarge(minutes, layout))),
  describeLoop(
    '10min-camera',
    'camera',
    'x264 defaults (B-frames, GOPs of at most 250 frames): a scene panned by hand, with sensor noise',
    { isQuick: true }
  ),
  describeLoop('10min-animation', 'animation', 'x264 defaults: flat moving shapes without noise', { isQuick: true }),
  describeLoop(
    '10min-26mbit',
    '26 Mbit/s',
    '1080p30 H.264 at 26 Mbit/s, B-frames, a key frame every 250 frames'
  ),
  ...LAYOUTS.map(({ layout }) => describeLarge(120, layout)),
  describeLarge(360, 'moov last'),
  describeLarge(360, 'moov first'),
  describeLoop(
    '6h-60fps',
    '60 fps',
    '640 x 360 at 60 frames a second, x264 defaults: 1.3 million frames, so a large index',
    { minutes: 360 }
  )
]

/**
 * Returns the inputs that the command line selects.
 *
 * @throws Error if it names an unknown one
 */
export function chooseInputs ({
  inputs,
  isQuick
}: {
  readonly inputs: readonly string[]
  readonly isQuick: boolean
}): readonly Input[] {
  for (const name of inputs) findInput(name)
  return INPUTS.filter((input) => (inputs.length > 0 ? inputs.includes(input.name) : input.isQuick || !isQuick))
}

/**
 * Returns the input with a name.
 *
 * @throws Error if there is none
 */
export function findInput (name: string): Input {
  const input = INPUTS.find((one) => one.name === name)
  if (input === undefined) {
    throw new Error(`Unknown input '${name}'. The inputs are ${INPUTS.map((one) => one.name).join(', ')}.`)
  }
  return input
}

/** Makes an input unless an earlier run has left it in the directory; returns its path. */
export async function ensureInput (input: Input, directory: string, ffmpeg: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, input.file)
  const isThere = await access(path).then(
    () => true,
    () => false
  )
  if (!isThere) await input.make({ directory, ffmpeg })
  return path
}

/**
 * Returns the number that the frame at a timestamp shows in its bottom eighth, as 16 cells with the lowest bit on the
 * left: the frame's number within the loop, or the minute (plus 32,768) for two seconds and then the frame's number.
 */
export function expectedBarcode (
  { barcodes }: Pick<Input, 'barcodes'>,
  atSeconds: number,
  framesPerSecond: number
): number {
  const settled = atSeconds + 1e-6
  if (barcodes === 'frames') return Math.floor((settled % LOOP_SECONDS) * framesPerSecond + 0.01)
  const inMinute = settled % 60
  return inMinute < 2 ? 32_768 + Math.floor(settled / 60) : Math.floor((inMinute - 2) * framesPerSecond + 0.01)
}
