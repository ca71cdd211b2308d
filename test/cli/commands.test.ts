import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { parseSigningSecrets, verifySignedThumbnail } from '../../src/access/signed-thumbnail-url.ts'
import manifest from '../../package.json' with { type: 'json' }
import { runCommandLine } from '../support/command-line.ts'
import { findFreePort, startService } from '../support/running-service.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo, readBarcode } from '../support/videos.ts'

const video = await makeBarcodeVideo(t.testdir(), 'film.mp4', {
  seconds: 4,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
const readNumber = async (picture: Buffer | string) => {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true })
  return readBarcode(data, info.width, info.height)
}

/** Creates a directory that has the video as a file and as an object of the local store. */
async function prepare (t: Test): Promise<string> {
  const cwd = t.testdir({ data: { videos: {} } })
  await copyFile(video, join(cwd, 'film.mp4'))
  await copyFile(video, join(cwd, 'data/videos/film.mp4'))
  return cwd
}

t.test('help lists every command, and the help of each command has examples', async (t) => {
  const cwd = t.testdir()
  const { stdout, exitCode } = await runCommandLine(['--help'], { cwd })
  t.equal(exitCode, 0)
  t.match(stdout, /Exit codes: 0 .* 130 interrupted/s)
  const listed = [...(stdout.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
  t.strictSame(
    listed.slice(0, 11),
    ['thumbnail', 'batch', 'storyboard', 'preview', 'probe', 'backfill', 'sign', 'key', 'doctor', 'serve', 'help']
  )
  for (const command of listed.filter((name) => name !== 'help')) {
    const help = await runCommandLine([command ?? '', '--help'], { cwd })
    t.equal(help.exitCode, 0)
    t.match(help.stdout, /Examples?:\n {2}\S/, command ?? 'none')
    t.notMatch(help.stdout, /`/, 'contains no Markdown')
    t.strictSame(await runCommandLine(['help', command ?? ''], { cwd }), help)
  }
  t.strictSame(await runCommandLine(['--version'], { cwd }), {
    exitCode: 0,
    stdout: `${manifest.version}\n`,
    stderr: ''
  })
  t.strictSame(await readdir(cwd), [], 'nothing is created')
})

t.test('thumbnail prints the API response for an object, and finds the thumbnail the second time', async (t) => {
  const cwd = await prepare(t)
  const args = ['thumbnail', 's3://videos/film.mp4', '--timestamp', '2.02', '--width', '160', '--format', 'png']
  const { stdout, stderr, exitCode } = await runCommandLine(args, { cwd })
  t.same([exitCode, stderr], [0, ''])
  const made = JSON.parse(stdout) as { bucket: string, key: string, cached: boolean }
  t.match(made, {
    cached: false,
    timestamp: 2,
    width: 160,
    contentType: 'image/png',
    source: { bucket: 'videos', key: 'film.mp4', codec: 'h264' },
    work: { mode: 'ranged' }
  })
  t.equal(await readNumber(join(cwd, 'data', made.bucket, made.key)), 50)
  const again = JSON.parse((await runCommandLine(args, { cwd })).stdout) as object
  t.match(again, { key: made.key, cached: true, work: { mode: 'cached' } })
})

t.test('thumbnail writes the picture of a file to a file or standard output and leaves nothing else', async (t) => {
  const cwd = t.testdir({ scratch: {} })
  await copyFile(video, join(cwd, 'film.mp4'))
  const env = { POSTERFRAME_SCRATCH_DIR: join(cwd, 'scratch') }
  const { stdout, stderr, exitCode } = await runCommandLine(
    ['thumbnail', 'film.mp4', '--timestamp', '-1s', '--format', 'webp', '-o', 'poster.webp'],
    { cwd, env }
  )
  t.same([exitCode, stdout, stderr], [0, '', ''])
  t.equal((await sharp(join(cwd, 'poster.webp')).metadata()).format, 'webp')
  t.equal(await readNumber(join(cwd, 'poster.webp')), 75)
  const piped = await runCommandLine(['thumbnail', 'film.mp4', '--timestamp', 'first', '-o', '-'], { cwd, env })
  t.match(piped.stdout, /^\uFFFD{2}.{1000}/s, 'a JPEG starts with bytes that are not UTF-8')
  t.strictSame((await readdir(cwd)).sort(), ['film.mp4', 'poster.webp', 'scratch'])
  t.strictSame(await readdir(join(cwd, 'scratch')), [])
})

t.test('thumbnail treats a file without -o as an upload and stores the picture', async (t) => {
  const cwd = t.testdir()
  await copyFile(video, join(cwd, 'film.mp4'))
  const { stdout } = await runCommandLine(['thumbnail', 'film.mp4', '--preset', 'small'], {
    cwd,
    env: { POSTERFRAME_PRESETS: '{"small": {"width": 64}}' }
  })
  const made = JSON.parse(stdout) as { bucket: string, key: string }
  t.match(made, { width: 64, source: { bucket: null, key: null } })
  t.ok((await readFile(join(cwd, 'data', made.bucket, made.key))).length > 0)
})

t.test('thumbnail takes other names of formats, colours by name and 100%', async (t) => {
  const cwd = await prepare(t)
  const box = ['--width', '100', '--height', '1000', '--fit', 'Cover', '--background', 'white']
  const args = ['thumbnail', 's3://videos/film.mp4', '--timestamp', '100%', '--format', 'JPG', ...box]
  const { stdout, exitCode } = await runCommandLine(args, { cwd })
  t.equal(exitCode, 0)
  const { source, ...made } = JSON.parse(stdout) as { source: { height: number } }
  t.match(made, {
    contentType: 'image/jpeg',
    timestamp: 3.96,
    width: Math.round(source.height / 10),
    height: source.height,
    warnings: [{ code: 'smaller_than_requested' }]
  })
  t.match(await runCommandLine(['thumbnail', 'film.mp4', '--format', 'bmp'], { cwd }), {
    exitCode: 1,
    stderr: /choices are jpeg, webp, avif, png, jpg/
  })
})

t.test('probe prints the metadata of an object or a file', async (t) => {
  const cwd = await prepare(t)
  const info = { duration: 4, codec: 'h264', width: 320, height: 192, tracks: [{ kind: 'video' }] }
  t.match(JSON.parse((await runCommandLine(['probe', 's3://videos/film.mp4'], { cwd })).stdout), {
    bucket: 'videos',
    key: 'film.mp4',
    ...info
  })
  const elsewhere = t.testdir({ elsewhere: {} })
  t.match(JSON.parse((await runCommandLine(['probe', video], { cwd: join(elsewhere, 'elsewhere') })).stdout), {
    bucket: null,
    key: null,
    ...info
  })
  t.strictSame(await readdir(join(elsewhere, 'elsewhere')), [], 'probing a file creates no store')
})

t.test('storyboard prints the API response', async (t) => {
  const cwd = await prepare(t)
  const { stdout } = await runCommandLine(
    ['storyboard', 's3://videos/film.mp4', '--interval', '1s', '--mode', 'exact', '--columns', '2'],
    { cwd }
  )
  t.match(JSON.parse(stdout), { tiles: { length: 4 }, sheets: [{ width: 320 }], cached: false })
})

t.test('sign prints a URL that the service accepts', async (t) => {
  const secrets = `k1:${Buffer.alloc(32, 1).toString('base64url')},k2:${Buffer.alloc(32, 2).toString('base64url')}`
  const env = { POSTERFRAME_SIGNING_SECRETS: secrets, POSTERFRAME_PUBLIC_URL: 'https://posters.example' }
  const { stdout } = await runCommandLine(
    ['sign', 'a+b %2B, ü.mp4', '--width', '640', '--timestamp', '50%', '--key-id', 'k2', '--valid-for', '600'],
    { cwd: t.testdir(), env }
  )
  const url = new URL(stdout.trim())
  const query = Object.fromEntries(url.searchParams)
  t.equal(`${url.origin}${url.pathname}`, 'https://posters.example/v1/thumbnails')
  t.match(query, { key: 'a+b %2B, ü.mp4', width: '640', timestamp: '50%', keyId: 'k2' })
  t.doesNotThrow(() => {
    verifySignedThumbnail(parseSigningSecrets(secrets) ?? [], query, new Date(Date.now() + 500_000))
  })
  t.throws(() => {
    verifySignedThumbnail(parseSigningSecrets(secrets) ?? [], query, new Date(Date.now() + 601_000))
  })
  t.match(await runCommandLine(['sign', 'a.mp4', '--key-id', 'k3'], { cwd: t.testdir(), env }), {
    exitCode: 1,
    stderr: /^invalid_request: .* no secret named 'k3'\. Its secrets are: k1, k2\.\n$/
  })
  t.match(await runCommandLine(['sign', 'a.mp4'], { cwd: t.testdir() }), {
    exitCode: 1,
    stderr: /^invalid_request: POSTERFRAME_SIGNING_SECRETS is not set/
  })
})

t.test('serve starts the service', async (t) => {
  const cwd = await prepare(t)
  const service = await startService(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), 'serve'], {
    cwd,
    env: { PATH: process.env['PATH'], FFMPEG_PATH: await findTestFfmpeg() }
  })
  t.equal((await fetch(`${service.base}/v1/videos?key=film.mp4`)).status, 200)
  t.equal(await service.stop(), 0)
  const port = await findFreePort()
  t.match(
    await runCommandLine(['serve', '--port', `${port}x`], { cwd }),
    { exitCode: 78, stderr: /POSTERFRAME_PORT must be a whole number/ },
    'with the exit codes of the server'
  )
})

t.test('reports an error as code and sentence, and sets the exit code', async (t) => {
  const cwd = await prepare(t)
  await writeFile(join(cwd, 'data/videos/text.mp4'), 'this is not a video')
  const cases: Array<[args: string[], exitCode: number, stderr: RegExp, env?: Record<string, string>]> = [
    [['thumbnail', 's3://videos/nothing.mp4'], 2, /^source_not_found: .*\.\n$/],
    [['thumbnail', 's3://videos/text.mp4'], 2, /^unsupported_media: .*\.\n$/],
    [['probe', 'nothing.mp4'], 2, /^source_not_found: There is no file 'nothing\.mp4'\..*\n$/],
    [
      ['thumbnail', 's3://videos/film.mp4', '--timestamp', '99'],
      2,
      /^timestamp_out_of_range: The video ends at 4 s\..*\n$/
    ],
    [['thumbnail', 's3://videos/film.mp4', '--timestamp', 'noon'], 1, /^invalid_timestamp: .*\n$/],
    [['thumbnail', 's3://videos/film.mp4', '--width', '5'], 1, /^invalid_request: .*from 16 to 4096.*\n$/],
    [['thumbnail', 's3://videos/film.mp4', '--background', 'blurple'], 1, /^invalid_request: 'background' .*\n$/],
    [
      ['thumbnail', 's3://videos/film.mp4', '--seek', 'near'],
      1,
      /^invalid_request: .*Allowed choices are exact, keyframe\.\n$/
    ],
    [
      ['thumbnail', 's3://videos/film.mp4', '--preset', 'none'],
      1,
      /^invalid_request: The service has no preset 'none'. Use one that its operator has defined in POSTERFRAME_PRESETS\.\n$/
    ],
    [['thumbnail', 's3://others/film.mp4'], 1, /^forbidden_bucket: .*\n$/],
    [
      ['probe', 'https://videos.example/a.mp4'],
      1,
      /^invalid_request: 'https:.*' is a URL that Posterframe does not read\. Use s3:\/\/bucket\/key, a file, or - .*\n$/
    ],
    [['thumbnial'], 1, /^invalid_request: unknown command 'thumbnial' \(Did you mean thumbnail\?\)\n$/],
    [
      ['thumbnail', 'film.mp4', '--widht', '5'],
      1,
      /^invalid_request: unknown option '--widht' \(Did you mean --width\?\)\n$/
    ],
    ...[
      ['thumbnail', '--time', '--timestamp'],
      ['thumbnail', '--w=5', '--width'],
      ['preview', '--fps', '--frames-per-second']
    ].map(([command = '', flag = '', meant = '']): [string[], number, RegExp] => [
      [command, 'film.mp4', flag, '5'],
      1,
      new RegExp(`^invalid_request: unknown option '${flag}' \\(Did you mean ${meant}\\?\\)\\n$`)
    ]),
    [['thumbnail', 'film.mp4', '--xyzzy'], 1, /^invalid_request: unknown option '--xyzzy'\n$/],
    [['thumbnail', cwd], 1, /^invalid_request: '.*' is a directory\. Name a video in it\.\n$/],
    [['thumbnail', '/dev/null'], 1, /^invalid_request: '\/dev\/null' is not a regular file\. Pipe .* with - as the source\.\n$/],
    [
      ['batch', 'film.mp4', '--thumbnails', 'width=5&height=5'],
      1,
      /^invalid_request: 'width=5&height=5' has no name\. Begin with one: poster=width=5&height=5\.\n$/
    ],
    [
      ['thumbnail', 'film.mp4'],
      1,
      /^invalid_configuration: .*\n {2}POSTERFRAME_SLOTS must be/,
      { POSTERFRAME_SLOTS: 'many' }
    ],
    [
      ['thumbnail', 'film.mp4'],
      1,
      /^not_started: .*\n$/,
      { POSTERFRAME_DECODER: 'ffmpeg', FFMPEG_PATH: '/nowhere/ffmpeg' }
    ]
  ]
  for (const [args, exitCode, stderr, env = {}] of cases) {
    const end = await runCommandLine(args, { cwd, env })
    t.match(end, { exitCode, stdout: '', stderr }, args.join(' '))
    t.notMatch(end.stderr, /^ {4}at |\x1b/m, 'contains neither a stack nor colours') // eslint-disable-line no-control-regex
  }
})

t.test('errors are red with FORCE_COLOR and plain with NO_COLOR', async (t) => {
  const cwd = t.testdir()
  t.match((await runCommandLine(['probe'], { cwd, env: { FORCE_COLOR: '1' } })).stderr, '\x1b[31minvalid_request')
  t.match(
    (await runCommandLine(['probe'], { cwd, env: { NO_COLOR: '1' } })).stderr,
    /^invalid_request: missing required argument 'source'\n$/
  )
})
