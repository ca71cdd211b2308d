// npm run bench does not run this. `node bench/experiments/contact-sheet.ts MEDIA OUT [--all]`: MEDIA is the folder
// of the corpus, OUT the JPEG to write; with --all it shows the videos too whose pictures may not be published, for
// one's own eyes.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import { startService } from '../../test/support/running-service.ts'
import { SHEET_ROWS, type SheetRow } from './contact-sheet-rows.ts'

const TIMESTAMPS = ['first', '1', 'middle', 'auto'] as const
const CELL = { width: 200, height: 132, labelHeight: 18 } as const
const SPACE = 4

const [media, out, scope] = process.argv.slice(2)
if (media === undefined || out === undefined) { throw new Error('usage: node bench/experiments/contact-sheet.ts MEDIA OUT [--all]') }
const rows = SHEET_ROWS.filter(({ credit }) => scope === '--all' || credit !== undefined)
const directory = await mkdtemp(join(tmpdir(), 'contact-sheet-'))
try {
  const service = await startService(process.execPath, [join(import.meta.dirname, '../../src/server.ts')], {
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
      const { picture, label } = await takeThumbnail(base, video, file, timestamp)
      cells.push(
        { input: picture, left, top },
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

async function takeThumbnail (
  base: string,
  video: Blob,
  file: string,
  timestamp: string
): Promise<{ picture: Buffer, label: string }> {
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
  const answer = (await response.json()) as { url?: string, timestamp?: number, detail?: string }
  if (answer.url === undefined) throw new Error(`${file} at ${timestamp}: ${response.status} ${answer.detail}`)
  const thumbnail = Buffer.from(await (await fetch(new URL(answer.url, base))).arrayBuffer())
  const picture = await sharp(thumbnail)
    .resize(CELL.width, CELL.height, { fit: 'contain', background: '#444' })
    .removeAlpha()
    .png()
    .toBuffer()
  return { picture, label: `${timestamp === '1' ? '1 s' : timestamp}: ${answer.timestamp?.toFixed(2)} s` }
}

function drawLabel (text: string, isBold: boolean): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL.width}" height="${CELL.labelHeight}">` +
      `<text x="2" y="13" font-family="sans-serif" font-size="12" font-weight="${isBold ? 'bold' : 'normal'}" fill="#eee">${text}</text></svg>`
  )
}
