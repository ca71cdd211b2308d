// node bench/experiments/contact-sheet.ts MEDIA OUT [--all]: a contact sheet that shows what `auto` chooses beside
// other timestamps. MEDIA is the directory of the corpus, OUT the JPEG to write. With --all the sheet includes videos
// whose footage may not be published.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import { startService } from '../../test/support/running-service.ts'
import { ROOT } from '../support/posterframe.ts'

/** A video of the corpus. */
interface SheetRow {
  readonly file: string
  /** Credit of the footage; undefined if it is not known to be free. */
  readonly credit: string | undefined
}

const BUNNY = 'Big Buck Bunny, (c) Blender Foundation, www.bigbuckbunny.org, CC BY 3.0'

/**
 * Twenty files by others, as different as possible. The licence of a repository does not cover the footage in its
 * tests, so a frame is published only if the footage itself is known to be free.
 */
const SHEET_ROWS: readonly SheetRow[] = [
  { file: 'torchcodec-nasa_13013.mp4', credit: 'NASA, a work of the United States government' },
  { file: 'media3-bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4', credit: BUNNY },
  { file: 'media3-bbb_642x642_768kbps_30fps_vp9.webm', credit: BUNNY },
  { file: 'media3-bbb_960x540_60fps_vp8.webm', credit: BUNNY },
  { file: 'media3-bbb_176x144_128kbps_15fps_h263.3gp', credit: BUNNY },
  { file: 'pigallery2-video_mkv.mkv', credit: BUNNY },
  { file: 'pigallery2-video_rotate.mp4', credit: BUNNY },
  { file: 'media3-sample.avi', credit: undefined },
  { file: 'media3-sample_with_increasing_timestamps_320w_240h_fragmented.mp4', credit: undefined },
  { file: 'media3-roadtrip-vp92-10bit.webm', credit: undefined },
  { file: 'media3-trim_optimization_failure.mp4', credit: undefined },
  { file: 'mediabunny-cursed-vfr.mp4', credit: undefined },
  { file: 'moviepy-chaplin.mp4', credit: undefined },
  { file: 'moviepy-smpte-2997.mp4', credit: undefined },
  { file: 'moviepy-video_with_failing_audio.mp4', credit: undefined },
  { file: 'musicmeta-sample_640x360.mov', credit: undefined },
  { file: 'pigallery2-IMG_7943_HEVC.MOV', credit: undefined },
  { file: 'shaka-small.mp4', credit: undefined },
  { file: 'streamio-file_with_data_streams_works_.mp4', credit: undefined },
  { file: 'tika-testASF.asf', credit: undefined }
]

const TIMESTAMPS = ['first', '1', 'middle', 'auto'] as const
const CELL = { width: 200, height: 132, labelHeight: 18 } as const
const SPACE = 4

const [media, out, scope] = process.argv.slice(2)
if (media === undefined || out === undefined) {
  throw new Error('Usage: node bench/experiments/contact-sheet.ts MEDIA OUT [--all]')
}
const rows = SHEET_ROWS.filter(({ credit }) => scope === '--all' || credit !== undefined)
const directory = await mkdtemp(join(tmpdir(), 'contact-sheet-'))
try {
  const service = await startService(process.execPath, [join(ROOT, 'src/server.ts')], {
    cwd: directory,
    env: { PATH: process.env['PATH'], FFMPEG_PATH: process.env['FFMPEG_PATH'], POSTERFRAME_LOG_LEVEL: 'warn' }
  })
  try {
    await composeSheet(service.base, media, rows, out)
  } finally {
    await service.stop()
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function composeSheet (base: string, media: string, rows: readonly SheetRow[], out: string): Promise<void> {
  const cells: OverlayOptions[] = []
  for (const [rowIndex, { file }] of rows.entries()) {
    const video = new Blob([await readFile(join(media, file))])
    for (const [column, timestamp] of TIMESTAMPS.entries()) {
      const left = SPACE + column * (CELL.width + SPACE)
      const top = SPACE + rowIndex * (CELL.height + CELL.labelHeight + SPACE)
      const { image, label } = await requestThumbnail(base, video, file, timestamp)
      cells.push(
        { input: image, left, top },
        { input: drawLabel(label, timestamp === 'auto'), left, top: top + CELL.height }
      )
    }
  }
  const width = SPACE + TIMESTAMPS.length * (CELL.width + SPACE)
  const height = SPACE + rows.length * (CELL.height + CELL.labelHeight + SPACE)
  await sharp({ create: { width, height, channels: 3, background: '#222' } })
    .composite(cells)
    .jpeg({ quality: 82, mozjpeg: true })
    .toFile(out)
}

async function requestThumbnail (
  base: string,
  video: Blob,
  file: string,
  timestamp: string
): Promise<{ image: Buffer, label: string }> {
  const form = new FormData()
  form.append('file', video, file)
  const options = new URLSearchParams({
    timestamp,
    format: 'png',
    width: String(CELL.width),
    height: String(CELL.height),
    beyond: 'clamp'
  })
  const response = await fetch(`${base}/v1/thumbnails?${options.toString()}`, { method: 'POST', body: form })
  const body = (await response.json()) as { url?: string, timestamp?: number, detail?: string }
  if (body.url === undefined) throw new Error(`${file} at ${timestamp}: ${response.status} ${body.detail}`)
  const thumbnail = Buffer.from(await (await fetch(new URL(body.url, base))).arrayBuffer())
  const image = await sharp(thumbnail)
    .resize(CELL.width, CELL.height, { fit: 'contain', background: '#444' })
    .removeAlpha()
    .png()
    .toBuffer()
  return { image, label: `${timestamp === '1' ? '1 s' : timestamp}: ${body.timestamp?.toFixed(2)} s` }
}

function drawLabel (text: string, isBold: boolean): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL.width}" height="${CELL.labelHeight}">` +
      `<text x="2" y="13" font-family="sans-serif" font-size="12" font-weight="${isBold ? 'bold' : 'normal'}" fill="#eee">${text}</text></svg>`
  )
}
