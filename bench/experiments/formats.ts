// node bench/experiments/formats.ts: size, similarity and time of each image format and quality, on stills of real
// videos; writes FORMATS.md.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import { renderTable } from '../support/markdown.ts'
import { findMedian } from '../support/statistics.ts'

const run = promisify(execFile)
const { values: options } = parseArgs({
  options: {
    /** Directory of the videos. */
    corpus: { type: 'string', default: join(import.meta.dirname, '../../../shared/media') },
    output: { type: 'string', default: join(import.meta.dirname, '../FORMATS.md') }
  }
})
const STILLS = [
  'media3-long_1080p_lowbitrate.mp4',
  'media3-long_4k_av1.mp4',
  'shaka-v.mp4',
  'moviepy-fire2.mp4',
  'media3-portrait_4k60.mp4',
  'moviepy-smpte-2997.mp4'
]
const ROUNDS = 3

interface Variant {
  readonly name: string
  readonly encode: (picture: Sharp, still: Still) => Promise<Buffer>
}

interface Still {
  readonly path: string
  readonly pixels: Buffer
}

const VARIANTS: readonly Variant[] = [
  {
    name: '**jpeg, quality 80**, 4:2:0 (also imgproxy, ipx, thumbor)',
    encode: (picture) => picture.jpeg({ quality: 80 }).toBuffer()
  },
  {
    name: 'the same, 4:4:4',
    encode: (picture) => picture.jpeg({ quality: 80, chromaSubsampling: '4:4:4' }).toBuffer()
  },
  { name: 'the same, progressive', encode: (picture) => picture.jpeg({ quality: 80, progressive: true }).toBuffer() },
  { name: 'the same, mozjpeg', encode: (picture) => picture.jpeg({ quality: 80, mozjpeg: true }).toBuffer() },
  { name: 'jpeg, quality 85 (Cloudflare)', encode: (picture) => picture.jpeg({ quality: 85 }).toBuffer() },
  { name: 'ffmpeg -q:v 3', encode: async (_, still) => await encodeWithFfmpeg(still, '-q:v', '3') },
  { name: 'ffmpeg, default quality', encode: async (_, still) => await encodeWithFfmpeg(still) },
  { name: '**webp, quality 80**', encode: (picture) => picture.webp({ quality: 80 }).toBuffer() },
  { name: '**avif, quality 80, effort 0**', encode: (picture) => picture.avif({ quality: 80, effort: 0 }).toBuffer() },
  { name: 'avif, quality 80, effort 2', encode: (picture) => picture.avif({ quality: 80, effort: 2 }).toBuffer() },
  {
    name: 'avif, quality 80, effort 4 (sharp)',
    encode: (picture) => picture.avif({ quality: 80, effort: 4 }).toBuffer()
  },
  {
    name: "avif, quality 63, effort 0 (imgproxy's quality)",
    encode: (picture) => picture.avif({ quality: 63, effort: 0 }).toBuffer()
  },
  {
    name: "avif, quality 50, effort 0 (sharp's quality)",
    encode: (picture) => picture.avif({ quality: 50, effort: 0 }).toBuffer()
  },
  { name: '**png**', encode: (picture) => picture.png().toBuffer() }
]

sharp.concurrency(1)
sharp.cache(false)
await main()

async function main (): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-formats-'))
  try {
    const stills: Still[] = []
    for (const file of STILLS) stills.push(await makeStill(directory, file))
    const rows: string[][] = []
    for (const variant of VARIANTS) rows.push(await measure(directory, variant, stills))
    await writeFile(options.output, renderPage(rows))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Extracts the frame in the middle of a video, 1280 pixels wide. */
async function makeStill (directory: string, file: string): Promise<Still> {
  const source = join(options.corpus, file)
  const path = join(directory, `${file}.png`)
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', source])
  const middle = String(Number(stdout) / 2)
  const filter = 'scale=1280:-2:flags=lanczos'
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-ss', middle, '-i', source, '-frames:v', '1', '-vf', filter, path])
  return { path, pixels: await readFile(path) }
}

async function measure (directory: string, { name, encode }: Variant, stills: readonly Still[]): Promise<string[]> {
  const [sizes, similarities, times]: [number[], number[], number[]] = [[], [], []]
  for (const still of stills) {
    let encoded: Buffer = Buffer.alloc(0)
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now()
      encoded = await encode(sharp(still.pixels), still)
      times.push(performance.now() - startMs)
    }
    sizes.push(encoded.length / 1e3)
    similarities.push(await measureSsim(directory, still, encoded))
  }
  return [
    name,
    findMedian(sizes).toFixed(0),
    findMedian(similarities).toFixed(4),
    Math.min(...similarities).toFixed(4),
    findMedian(times).toFixed(0)
  ]
}

async function encodeWithFfmpeg ({ path }: Still, ...quality: string[]): Promise<Buffer> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', path, ...quality, '-c:v', 'mjpeg', '-f', 'image2pipe', '-'],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 }
  )
  return stdout
}

/** Measures the structural similarity of an encoded image to its still; 1 if they are the same. */
async function measureSsim (directory: string, { path }: Still, encoded: Buffer): Promise<number> {
  const decoded = join(directory, 'decoded.png')
  await sharp(encoded).png().toFile(decoded)
  const filter = '[0]format=gbrp[a];[1]format=gbrp[b];[a][b]ssim'
  const { stderr } = await run('ffmpeg', ['-nostdin', '-i', decoded, '-i', path, '-lavfi', filter, '-f', 'null', '-'])
  const [, similarity] = /SSIM .*All:([\d.]+)/.exec(stderr) ?? []
  if (similarity === undefined) throw new Error('ffmpeg printed no SSIM.')
  return Number(similarity)
}

function renderPage (rows: ReadonlyArray<readonly string[]>): string {
  return `# Cost of an image format

Written by \`node bench/experiments/formats.ts\`: stills 1280 pixels wide from the middle of ${STILLS.length} real videos; medians. The
defaults of Posterframe are in bold. SSIM is measured by ffmpeg's filter over the three planes of RGB, against the still.
Times are those of one thread; for ffmpeg, of the whole process.

${renderTable(['format', 'KB', 'SSIM', 'worst SSIM', 'ms'], rows)}
`
}
