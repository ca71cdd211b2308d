import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { runCommandLine } from '../support/command-line.ts'
import { H264, makeBarcodeVideo, readBarcode } from '../support/videos.ts'

const video = await makeBarcodeVideo(t.testdir(), 'film.mp4', {
  seconds: 4,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
const input = await readFile(video)
const readNumber = async (path: string) => {
  const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}

async function prepare (t: Test): Promise<string> {
  const cwd = t.testdir({})
  await mkdir(join(cwd, 'scratch'))
  await copyFile(video, join(cwd, 'film.mp4'))
  return cwd
}

t.test('every command that takes a source takes a file and standard input', async (t) => {
  const cwd = await prepare(t)
  const env = { POSTERFRAME_SCRATCH_DIR: join(cwd, 'scratch') }
  const commands: Array<[command: string, options: string[], answer: object]> = [
    ['thumbnail', ['--timestamp', '2.02'], { timestamp: 2, source: { bucket: null, key: null } }],
    ['probe', [], { duration: 4, key: null }],
    ['storyboard', ['--interval', '1s'], { tiles: { length: 4 } }],
    ['preview', ['--duration', '3', '--frames-per-second', '2'], { framesPerSecond: 2, key: /^thumbnails\/uploads\// }],
    ['batch', ['--thumbnails', 'a=timestamp=1&width=64'], { thumbnails: [{ width: 64 }], srcset: / 64w$/ }]
  ]
  for (const [command, options, answer] of commands) {
    const named = await runCommandLine([command, 'film.mp4', ...options], { cwd, env })
    t.match(named, { exitCode: 0, stderr: '' }, `${command} of a file`)
    t.match(JSON.parse(named.stdout), answer)
    const piped = await runCommandLine([command, '-', ...options], { cwd, env, input })
    t.match(piped, { exitCode: 0, stderr: '' }, `${command} of standard input`)
    t.match(JSON.parse(piped.stdout), answer)
    const [first, second] = [named, piped].map(({ stdout }) => JSON.parse(stdout) as Record<string, unknown>)
    t.equal(second?.['etag'] ?? second?.['key'], first?.['etag'] ?? first?.['key'], 'the same bytes are one video')
  }
  t.strictSame(await readdir(join(cwd, 'scratch')), [])
})

t.test('rejects empty and oversized standard input', async (t) => {
  const cwd = await prepare(t)
  t.match(await runCommandLine(['probe', '-'], { cwd, input: Buffer.alloc(0) }), {
    exitCode: 1,
    stderr: 'invalid_request: Standard input is empty. Pipe a video into the command.\n'
  })
  const env = { POSTERFRAME_MAX_UPLOAD_BYTES: '1000' }
  for (const source of ['-', 'film.mp4']) {
    t.match(await runCommandLine(['probe', source], { cwd, env, input }), {
      exitCode: 2,
      stderr: /^upload_too_large: .* more than the 1,000 bytes that POSTERFRAME_MAX_UPLOAD_BYTES allows\. .*\n$/
    })
  }
})

t.test('-o writes files in the format of their extension, and keeps nothing else', async (t) => {
  const cwd = await prepare(t)
  const env = { POSTERFRAME_SCRATCH_DIR: join(cwd, 'scratch') }
  const run = async (...args: string[]) => {
    t.match(await runCommandLine(args, { cwd, env }), { exitCode: 0, stdout: '', stderr: '' }, args.join(' '))
  }
  await run('thumbnail', 'film.mp4', '--timestamp', '2.02', '-o', 'poster.PNG')
  t.match(await sharp(join(cwd, 'poster.PNG')).metadata(), { format: 'png' })
  t.equal(await readNumber(join(cwd, 'poster.PNG')), 50)
  await run('preview', 'film.mp4', '--width', '64', '-o', 'preview.webp')
  t.match(await sharp(join(cwd, 'preview.webp')).metadata(), { format: 'webp', width: 64, pages: 16 })
  await run('storyboard', 'film.mp4', '--interval', '1s', '--mode', 'exact', '--format', 'webp', '-o', 'boards/film')
  t.strictSame((await readdir(join(cwd, 'boards/film'))).sort(), ['sheet-1.webp', 'storyboard.json', 'storyboard.vtt'])
  t.match(await readFile(join(cwd, 'boards/film/storyboard.vtt'), 'utf8'), /^sheet-1\.webp#xywh=160,0,160,96$/m)
  const named = ['--thumbnails', 'a=timestamp=1', '--thumbnails', 'b=timestamp=last&format=webp']
  await run('batch', 'film.mp4', ...named, '-o', 'p')
  t.strictSame((await readdir(join(cwd, 'p'))).sort(), ['a.jpg', 'b.webp'])
  t.equal(await readNumber(join(cwd, 'p/b.webp')), 99)
  t.strictSame((await readdir(cwd)).sort(), ['boards', 'film.mp4', 'p', 'poster.PNG', 'preview.webp', 'scratch'])
  t.strictSame(await readdir(join(cwd, 'scratch')), [])
})

t.test('batch makes what it can, and reports each item that failed', async (t) => {
  const cwd = await prepare(t)
  const args = ['batch', 'film.mp4', '--thumbnails', 'a=timestamp=1&width=64', '--thumbnails', 'b=timestamp=99']
  const { exitCode, stdout, stderr } = await runCommandLine(args, { cwd })
  t.equal(exitCode, 2)
  t.match(stderr, /^b: timestamp_out_of_range: The video ends at 4 s\..*\n$/)
  const error = { code: 'timestamp_out_of_range', status: 422, retryable: false, duration: 4 }
  t.match(JSON.parse(stdout), { thumbnails: [{ width: 64 }, { error }] })
})

t.test('rejects output that cannot be written before it reads the source', async (t) => {
  const cwd = await prepare(t)
  const cases: Array<[args: string[], stderr: RegExp]> = [
    [['thumbnail', 'none.mp4', '-o', 'a.webp', '--format', 'png'], /-o 'a\.webp' and --format png contradict /],
    [['thumbnail', 'none.mp4', '-o', 'a.gif'], /The extension of -o 'a\.gif' is that of no format/],
    [['thumbnail', 'none.mp4', '-o', 'none/a.jpg'], /there is no directory 'none'\. Create it first\./],
    [['thumbnail', 'none.mp4', '-o', 'scratch'], /-o 'scratch' is a directory\./],
    [['preview', 'none.mp4', '-o', 'a.jpg'], /Use \.webp\./],
    [['storyboard', 'none.mp4', '-o', 'film.mp4/x'], /-o 'film\.mp4\/x' cannot be created as a directory \(ENOTDIR\)\./],
    [['batch', 'none.mp4'], /No thumbnail was requested\. Pass --thumbnails /],
    [
      ['batch', 'none.mp4', ...Array.from({ length: 12 }, (_, n) => ['--thumbnails', `n${n}=width=4096`]).flat()],
      /'--thumbnails' has pictures of 201,326,592 pixels together, and a request may have 192,000,000/
    ],
    [['batch', 'none.mp4', '--thumbnails', 'a=', '--thumbnails', 'a='], /Two of the --thumbnails are named 'a'\./]
  ]
  for (const [args, stderr] of cases) {
    const end = await runCommandLine(args, { cwd })
    t.match(end, { exitCode: 1, stdout: '', stderr }, args.join(' '))
    t.match(end.stderr, /^invalid_request: .*\n$/)
  }
})
