import { execFile } from 'node:child_process'
import { access, link, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Position of the index in a file. */
export type Layout = 'moov first' | 'moov last' | 'fragmented'

const FLAGS: Readonly<Record<Layout, readonly string[]>> = {
  'moov last': [],
  'moov first': ['-movflags', '+faststart'],
  fragmented: [
    '-movflags', '+empty_moov+default_base_moof+frag_keyframe+skip_trailer', '-min_frag_duration', '10000000'
  ]
}

interface Recipe {
  readonly directory: string
  readonly ffmpeg: string
  readonly minutes: number
  /** Name of the result. */
  readonly file: string
}

type Encode = (...args: string[]) => Promise<void>

/** Runs a recipe in a temporary directory and moves its complete result into place. */
async function followRecipe (
  { directory, ffmpeg, file }: Recipe,
  recipe: (work: string, encode: Encode) => Promise<void>
): Promise<void> {
  const work = await mkdtemp(join(directory, 'making-'))
  const encode: Encode = async (...args) => {
    await run(ffmpeg, ['-y', '-v', 'error', '-nostdin', ...args], { cwd: work })
  }
  try {
    await recipe(work, encode)
    await rename(join(work, RESULT), join(directory, file))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const RESULT = 'made.mp4'

/**
 * Makes a long ordinary video at 2 Mbit/s. Every minute shows its number for two seconds and then the same 58 seconds,
 * so that only one minute has to be encoded.
 */
export async function makeLarge (
  recipe: Recipe & { readonly layout: Layout, readonly movieLastFile: string }
): Promise<void> {
  const { directory, minutes, layout, movieLastFile } = recipe
  await followRecipe(recipe, async (work, encode) => {
    const movieLast = join(directory, movieLastFile)
    if (layout !== 'moov last' && (await exists(movieLast))) {
      await encode('-i', movieLast, '-map', '0', '-c', 'copy', ...FLAGS[layout], '-fflags', '+bitexact', RESULT)
      return
    }
    await ensurePart(directory, 'common.mp4', (part) =>
      encodeNumbered(encode, { seconds: 58, gop: 250, number: 'N', filter: 'noise=alls=22:allf=t', part })
    )
    await link(join(directory, 'parts', 'common.mp4'), join(work, 'common.mp4'))
    const marks = { seconds: minutes * 2, gop: 60, number: '32768+floor(N/60)', filter: 'null', part: 'marks.mp4' }
    await encodeNumbered(encode, marks)
    await encode(
      '-i', 'marks.mp4', '-c', 'copy',
      '-f', 'segment', '-segment_time', '2', '-segment_time_delta', '0.01', '-reset_timestamps', '1',
      '-segment_format', 'mp4', '-segment_format_options', 'video_track_timescale=30000',
      'm%04d.mp4'
    )
    const parts = Array.from({ length: minutes }, (_, minute) => [
      `m${String(minute).padStart(4, '0')}.mp4`,
      'common.mp4'
    ]).flat()
    await joinParts(encode, work, { parts, minutes, flags: FLAGS[layout] })
  })
}

/** Length of the part that a loop repeats; only this part is encoded. */
export const LOOP_SECONDS = 20

/** Content of a loop. */
export type LoopContent = 'camera' | 'animation' | '26 Mbit/s' | '60 fps'

// A fractal has detail everywhere, as real scenes do; the crop moves over it like a hand-held camera.
const CAMERA =
  'mandelbrot=s=2400x1350:r=30:start_scale=0.02:maxiter=1000,trim=end_frame=1,loop=-1:1,setpts=N/(30*TB),' +
  "crop=1920:944:x='240+180*sin(n/97)+9*sin(n/7)':y='200+120*sin(n/131)+7*cos(n/9)',noise=alls=6:allf=t"
const LOOPS: Readonly<
  Record<
    LoopContent,
    { readonly picture: string, readonly width: number, readonly rate: number, readonly encoder: readonly string[] }
  >
> = {
  camera: { picture: CAMERA, width: 1920, rate: 30, encoder: ['-preset', 'medium'] },
  animation: { picture: 'testsrc2=s=1920x944:r=30', width: 1920, rate: 30, encoder: ['-preset', 'medium'] },
  '26 Mbit/s': {
    picture: 'testsrc2=s=1920x944:r=30,noise=alls=40:allf=t',
    width: 1920,
    rate: 30,
    encoder: ['-preset', 'veryfast', '-sc_threshold', '0', '-b:v', '26M', '-maxrate', '28M', '-bufsize', '52M']
  },
  '60 fps': {
    picture: 'testsrc2=s=640x312:r=60',
    width: 640,
    rate: 60,
    encoder: ['-preset', 'veryfast', '-b:v', '300k']
  }
}

/** Makes a video that repeats some seconds, encoded with the defaults of x264: B-frames, GOPs of at most 250 frames. */
export async function makeLoop (recipe: Recipe & { readonly content: LoopContent }): Promise<void> {
  const { picture, width, rate, encoder } = LOOPS[recipe.content]
  const part = `${recipe.content.replace(/\W+/g, '-')}.mp4`
  await followRecipe(recipe, async (work, encode) => {
    await ensurePart(recipe.directory, part, async (path) => {
      await encode(
        '-f', 'lavfi', '-i', `${picture},format=yuv420p`,
        '-f', 'lavfi', '-i', barcodeSource('N', rate, width, width === 1920 ? 136 : 48),
        '-filter_complex', '[0:v][1:v]vstack=shortest=1,setsar=1[v]',
        '-map', '[v]', '-t', String(LOOP_SECONDS),
        '-c:v', 'libx264', ...encoder, '-pix_fmt', 'yuv420p', '-video_track_timescale', '30000',
        path
      )
    })
    await link(join(recipe.directory, 'parts', part), join(work, 'loop.mp4'))
    const parts = Array.from({ length: (recipe.minutes * 60) / LOOP_SECONDS }, () => 'loop.mp4')
    await joinParts(encode, work, { parts, minutes: recipe.minutes, flags: [] })
  })
}

/** A source of 16 cells, of which the i-th from the left is white if bit i of the number is 1. */
function barcodeSource (number: string, rate: number, width: number, height: number): string {
  return `nullsrc=s=16x2:r=${rate},format=yuv420p,geq=lum='if(mod(floor((${number})/pow(2,X)),2),235,16)':cb=128:cr=128,scale=${width}:${height}:flags=neighbor`
}

async function encodeNumbered (
  encode: Encode,
  {
    seconds,
    gop,
    number,
    filter,
    part
  }: {
    readonly seconds: number
    readonly gop: number
    /** Expression of the number that each frame shows. */
    readonly number: string
    readonly filter: string
    readonly part: string
  }
): Promise<void> {
  await encode(
    '-f', 'lavfi', '-i', `testsrc2=s=1920x946:r=30:d=${seconds},${filter},format=yuv420p`,
    '-f', 'lavfi', '-i', barcodeSource(number, 30, 1920, 134),
    '-filter_complex', '[0:v][1:v]vstack=shortest=1,setsar=1[v]',
    '-map', '[v]', '-t', String(seconds),
    '-c:v', 'libx264', '-preset', 'superfast', '-bf', '0', '-sc_threshold', '0',
    '-profile:v', 'high', '-level', '4.1', '-refs', '2',
    '-b:v', '1900k', '-maxrate', '2400k', '-bufsize', '4800k',
    '-g', String(gop), '-keyint_min', String(gop), '-video_track_timescale', '30000',
    part
  )
}

async function joinParts (
  encode: Encode,
  work: string,
  {
    parts,
    minutes,
    flags
  }: { readonly parts: readonly string[], readonly minutes: number, readonly flags: readonly string[] }
): Promise<void> {
  await writeFile(join(work, 'list'), parts.map((part) => `file ${part}\n`).join(''))
  await encode(
    '-f', 'concat', '-i', 'list',
    '-f', 'lavfi', '-i', `anoisesrc=r=48000:a=0.05:seed=1:d=${minutes * 60}`,
    '-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', '-ac', '1', '-b:a', '64k', '-shortest',
    ...flags, RESULT
  )
}

/** Makes a part that several inputs share, unless it exists. */
async function ensurePart (directory: string, name: string, make: (path: string) => Promise<void>): Promise<void> {
  const parts = join(directory, 'parts')
  const path = join(parts, name)
  if (await exists(path)) return
  await mkdir(parts, { recursive: true })
  const unfinished = join(parts, `unfinished-${name}`)
  await make(unfinished)
  await rename(unfinished, path)
}

async function exists (path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false
  )
}
