import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LOOP_SECONDS, makeLarge, makeLoop, type Layout, type LoopContent } from './recipes.ts'

/** One source of the bench. */
export interface Input {
  /** Stands in the tables and after `--only`. */
  readonly name: string
  readonly minutes: number
  readonly layout: Layout
  /** What its frames carry as a number: see `readCode`. */
  readonly codes: 'minutes and frames' | 'frames'
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

function describeLarge (minutes: number, layout: Layout, file: string): Input {
  const length = minutes < 60 ? `${minutes}min` : `${minutes / 60}h`
  return {
    name: `${length}-${layout.replace(' ', '-')}`,
    minutes,
    layout,
    codes: 'minutes and frames',
    file,
    isQuick: minutes < 60,
    about: '1080p30 H.264 at 2 Mbit/s, key frames each 250 frames, no B-frames, mono AAC',
    make: (context) => makeLarge({ ...context, minutes, layout, file })
  }
}

function describeLoop (
  name: string,
  file: string,
  content: LoopContent,
  about: string,
  { minutes = 10, isQuick = false }: { readonly minutes?: number, readonly isQuick?: boolean } = {}
): Input {
  return {
    name,
    minutes,
    layout: 'moov last',
    codes: 'frames',
    file,
    isQuick,
    about,
    make: (context) => makeLoop({ ...context, minutes, file, content })
  }
}

/** All sources, the short ones first. */
export const INPUTS: readonly Input[] = [
  ...[1, 10].flatMap((minutes) =>
    LAYOUTS.map(({ layout, word }) => describeLarge(minutes, layout, `large-${minutes}min-${word}.mp4`))
  ),
  describeLoop(
    '10min-camera',
    'loop-10min-camera.mp4',
    'camera',
    "x264 defaults (B-frames, at most 250 frames a GOP): a picture panned by hand, with a sensor's noise",
    { isQuick: true }
  ),
  describeLoop(
    '10min-animation',
    'loop-10min-animation.mp4',
    'animation',
    'x264 defaults: flat moving shapes without noise',
    { isQuick: true }
  ),
  describeLoop(
    '10min-26mbit',
    'loop-10min-26mbit.mp4',
    '26 Mbit/s',
    '1080p30 H.264 at 26 Mbit/s, B-frames, key frames each 250 frames'
  ),
  ...LAYOUTS.map(({ layout, word }) => describeLarge(120, layout, `large-2h-${word}.mp4`)),
  describeLarge(360, 'moov last', 'large-6h-co64.mp4'),
  describeLarge(360, 'moov first', 'large-6h-faststart.mp4'),
  describeLoop(
    '6h-60fps',
    'loop-6h-60fps.mp4',
    '60 fps',
    '640 x 360 at 60 frames a second, x264 defaults: 1.3 million pictures, so a large index',
    { minutes: 360 }
  )
]

/**
 * The inputs that the command line wants.
 *
 * @throws Error where it names one that is not there
 */
export function chooseInputs ({
  inputs,
  isQuick
}: {
  readonly inputs: readonly string[]
  readonly isQuick: boolean
}): readonly Input[] {
  const unknown = inputs.filter((name) => !INPUTS.some((input) => input.name === name))
  if (unknown.length > 0) {
    throw new Error(`there is no input ${unknown.join(', ')}; there are ${INPUTS.map(({ name }) => name).join(', ')}`)
  }
  return INPUTS.filter((input) => (inputs.length > 0 ? inputs.includes(input.name) : input.isQuick || !isQuick))
}

/** Makes an input unless it is there from another run; answers its path. */
export async function ensureInput (input: Input, directory: string, ffmpeg: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, input.file)
  if (
    await access(path).then(
      () => false,
      () => true
    )
  ) { await input.make({ directory, ffmpeg }) }
  return path
}

/** The number that the frame at a moment shows in its bottom eighth, as 16 cells with the lowest bit on the left. */
export function expectCode ({ codes }: Pick<Input, 'codes'>, atSeconds: number, framesPerSecond: number): number {
  const settled = atSeconds + 1e-6
  if (codes === 'frames') return Math.floor((settled % LOOP_SECONDS) * framesPerSecond + 0.01)
  const inMinute = settled % 60
  return inMinute < 2 ? 32_768 + Math.floor(settled / 60) : Math.floor((inMinute - 2) * framesPerSecond + 0.01)
}
