import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildMovie, type MoviePlan, soundEntry, type TrackPlan, vp9Packet } from '../support/mp4-builder.ts'
import { ffmpeg } from '../support/videos.ts'

const samples = Array.from({ length: 30 }, (_, number) => ({
  data: vp9Packet(number % 5 === 0, 40, number),
  delta: 40,
  isSync: number % 5 === 0
}))
const shuffled = samples.map((sample, place) => ({ ...sample, offset: [0, 80, 0, 40, -40][place % 5]! }))
const video: TrackPlan = { samples }
const sound: TrackPlan = {
  handler: 'soun',
  sampleEntry: soundEntry(),
  samples: Array.from({ length: 40 }, () => ({ data: Buffer.alloc(20), delta: 30, isSync: true })),
  hasSyncTable: false
}

const PLANS: readonly MoviePlan[] = [
  { tracks: [video], isMovieFirst: true },
  { tracks: [sound, video], isLongMedia: true },
  { tracks: [{ ...video, samples: shuffled, chunks: [3, 1, 4] }] },
  {
    tracks: [
      {
        ...video,
        hasLongOffsets: true,
        compactBits: 8,
        edits: [
          { duration: 500, mediaTime: -1 },
          { duration: 600, mediaTime: 200 }
        ]
      }
    ]
  },
  {
    tracks: [{ ...video, edits: [{ duration: 800, mediaTime: 120 }], hasLongEdits: true, hasSyncTable: false }],
    isMovieFirst: true
  }
]

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=2', '-f', 'lavfi', '-i', 'sine=r=8000:d=2']
const H264 = [
  '-c:v', 'libx264', '-preset', 'veryfast', '-g', '10', '-bf', '2', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '8k'
]
const RECIPES: ReadonlyArray<readonly [name: string, ...args: string[]]> = [
  ['plain.mp4', ...H264],
  ['fast.mov', ...H264, '-movflags', '+faststart'],
  ['fragments.mp4', ...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  ['dash.mp4', ...H264, '-an', '-movflags', '+dash+global_sidx', '-frag_duration', '400000']
]

/** Makes small ISO base media files of every structure that the index supports. */
export async function makeSeedMovies (): Promise<Buffer[]> {
  return [...PLANS.map((plan) => buildMovie(plan)), ...(await makeByFfmpeg(RECIPES))]
}

/** Makes a small Matroska file and a small WebM file. */
export async function makeSeedMatroska (): Promise<Buffer[]> {
  return await makeByFfmpeg([
    ['plain.mkv', ...H264],
    ['vp9.webm', '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '10', '-an']
  ])
}

/** Makes small files in containers other than MP4 and MOV. */
export async function makeSeedOthers (): Promise<Array<{ readonly name: string, readonly data: Buffer }>> {
  const recipes: ReadonlyArray<readonly [name: string, ...args: string[]]> = [
    ['h264.mkv', ...H264],
    ['vp9.webm', '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '10', '-an'],
    ['mpeg4.avi', '-c:v', 'mpeg4', '-an'],
    ['flv1.flv', '-c:v', 'flv1', '-an'],
    ['h264.ts', ...H264],
    ['mpeg2.mpg', '-c:v', 'mpeg2video', '-an']
  ]
  const files = await makeByFfmpeg(recipes)
  return files.map((data, index) => ({ name: recipes[index]![0], data }))
}

async function makeByFfmpeg (recipes: ReadonlyArray<readonly [name: string, ...args: string[]]>): Promise<Buffer[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-fuzz-'))
  try {
    return await Promise.all(
      recipes.map(async ([name, ...args]) => {
        await ffmpeg(directory, ...PICTURE, '-fflags', '+bitexact', '-threads', '1', ...args, name)
        return await readFile(join(directory, name))
      })
    )
  } finally {
    await rm(directory, { recursive: true })
  }
}
