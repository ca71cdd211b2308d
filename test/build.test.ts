import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../scripts/ffmpeg.mjs'
import manifest from '../package.json' with { type: 'json' }
import { NO_LIBAV } from './support/test-decoder.ts'
import { startService } from './support/running-service.ts'
import { startTraceCollector } from './support/trace-collector.ts'
import { H264, makeBarcodeVideo } from './support/videos.ts'

const ffmpeg = findFfmpeg('.', process.env)
// Outside the repository, where no other node_modules can help.
const directory = mkdtempSync(join(tmpdir(), 'posterframe-build-'))
t.teardown(() => {
  rmSync(directory, { recursive: true, force: true })
})

t.before(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', directory], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
})

t.test(
  'dist holds the three entries and their bundles, the workers, the tracer, the playground, the client and sharp',
  async (t) => {
    // The Lambda entry is split into chunks, which are named after their content.
    t.strictSame(
      readdirSync(directory)
        .filter((name) => !name.startsWith('lambda-'))
        .sort(),
      [
        'cli-main.mjs',
        'cli-main.mjs.map',
        'cli.mjs',
        'client',
        'docs',
        'lambda.mjs',
        'libav-worker.mjs',
        'libav-worker.mjs.map',
        'node_modules',
        'otlp-tracer.mjs',
        'otlp-tracer.mjs.map',
        'playground',
        'server-main.mjs',
        'server-main.mjs.map',
        'server.mjs'
      ]
    )
    t.ok(existsSync(`${directory}/node_modules/sharp`))
    t.notOk(existsSync(`${directory}/node_modules/fastify`), 'the other packages are bundled')
  }
)

t.test('the code that a cold start of Lambda reads is at most 3 MB', async (t) => {
  const names = readdirSync(directory).filter((name) => /^(?:lambda.*|.*-worker)\.mjs$/.test(name))
  const bytes = names.reduce((sum, name) => sum + statSync(`${directory}/${name}`).size, 0)
  t.ok(bytes <= 3e6, `${bytes} bytes`)
})

t.test('bundles contain the licences of their packages', async (t) => {
  t.match(readFileSync(`${directory}/server-main.mjs`, 'utf8'), /Bundled license information|@license|Copyright/)
})

t.test(
  'the server runs with nothing but dist and ffmpeg',
  { skip: ffmpeg === undefined && 'needs ffmpeg' },
  async (t) => {
    const service = await startService(process.execPath, ['server.mjs'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], FFMPEG_PATH: ffmpeg }
    })
    for (const path of [
      '/healthz',
      '/readyz',
      '/openapi.yaml',
      '/docs',
      '/docs/docs.js',
      '/docs/swagger-ui.css',
      '/docs/swagger-ui-bundle.js',
      '/',
      '/playground/main.js',
      '/playground/send-file.js',
      '/playground/style.css'
    ]) {
      t.equal((await fetch(service.base + path)).status, 200, path)
    }
    t.equal(await service.stop(), 0)
  }
)

t.test(
  'the command line runs with nothing but dist and ffmpeg, and can start the server',
  { skip: ffmpeg === undefined && 'needs ffmpeg' },
  async (t) => {
    const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, FFMPEG_PATH: ffmpeg }
    t.equal(
      execFileSync('./cli.mjs', ['--version'], { cwd: directory, env, encoding: 'utf8' }),
      `${manifest.version}\n`
    )
    const film = await makeBarcodeVideo(t.testdir(), 'film.mp4', { seconds: 1, framesPerSecond: 24, args: [...H264] })
    t.match(JSON.parse(execFileSync('./cli.mjs', ['probe', film], { cwd: directory, env, encoding: 'utf8' })), {
      codec: 'h264',
      work: { mode: 'index' }
    })
    const service = await startService(process.execPath, ['cli.mjs', 'serve'], { cwd: directory, env })
    t.equal(await service.stop(), 0)
  }
)

t.test(
  'the server exports traces, and loads the tracer only if a collector is configured',
  { skip: ffmpeg === undefined && 'needs ffmpeg' },
  async (t) => {
    t.notMatch(readFileSync(`${directory}/server-main.mjs`, 'utf8'), /BatchSpanProcessor/)
    const { endpoint, spans } = await startTraceCollector(t)
    const service = await startService(process.execPath, ['server.mjs'], {
      cwd: directory,
      env: { PATH: process.env['PATH'], FFMPEG_PATH: ffmpeg, POSTERFRAME_OTLP_ENDPOINT: endpoint }
    })
    t.match(await (await fetch(`${service.base}/metrics`)).text(), /^posterframe_thumbnails_total\{mode="ranged"\} 0$/m)
    t.equal(await service.stop(), 0)
    t.ok(
      spans.some(({ name }) => name === 'GET /metrics'),
      'the remaining spans are exported on shutdown'
    )
  }
)

t.test('the server decodes with libav if the build includes it', { skip: NO_LIBAV }, async (t) => {
  const whole = mkdtempSync(join(tmpdir(), 'posterframe-build-'))
  t.teardown(() => {
    rmSync(whole, { recursive: true, force: true })
  })
  execFileSync(process.execPath, ['scripts/build.mjs', '--with-libav', '--outdir', whole], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const service = await startService(process.execPath, ['server.mjs'], {
    cwd: whole,
    env: { PATH: '/nowhere:/usr/bin:/bin', POSTERFRAME_DECODER: 'libav' }
  })
  t.match(await (await fetch(`${service.base}/readyz`)).json(), {
    ready: true,
    checks: { decoder: { ok: true, detail: /^libav \d/ } }
  })
  t.equal(await service.stop(), 0)
})

t.test(
  'the Lambda handler runs with nothing but dist and ffmpeg',
  { skip: ffmpeg === undefined && 'needs ffmpeg' },
  async (t) => {
    const script = `
    import { handler } from './lambda.mjs'
    const event = { version: '2.0', rawPath: '/healthz', rawQueryString: '', headers: { host: 'x' }, requestContext: { http: { method: 'GET', path: '/healthz' }, stage: '$default' }, isBase64Encoded: false }
    const { statusCode } = await handler(event, {})
    process.stdout.write('status ' + statusCode + '\\n', () => process.exit(0))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        FFMPEG_PATH: ffmpeg,
        AWS_LAMBDA_FUNCTION_NAME: 'posterframe',
        AWS_REGION: 'us-east-1',
        POSTERFRAME_AUTH: 'none',
        POSTERFRAME_OUTPUT_BUCKET: 'thumbnails',
        POSTERFRAME_SOURCE_BUCKETS: 'videos'
      }
    })
    t.match(output, /^status 200$/m)
  }
)

t.test('the npm package contains dist, and depends on the two packages that dist imports', async (t) => {
  const outdir = t.testdir({ unpacked: {} })
  execFileSync(process.execPath, ['scripts/pack.mjs', '--dist', directory, '--outdir', outdir], {
    stdio: ['ignore', 'ignore', 'ignore']
  })
  const archive = join(outdir, `posterframe-${manifest.version}.tgz`)
  execFileSync('tar', ['--extract', '--gzip', '--file', archive, '--directory', join(outdir, 'unpacked')])
  const root = join(outdir, 'unpacked/package')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  for (const name of ['README.md', 'LICENSE', 'openapi.yaml', 'dist/cli.mjs']) {
    t.ok(files.includes(name), name)
  }
  t.same(files.filter((name) => /node_modules|\.map$/.test(name)), [])
  const published = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  const bin = { posterframe: 'dist/cli.mjs' }
  const { name, version, exports, engines, optionalDependencies, repository } = manifest
  t.match(published, { name, version, bin, exports, engines, optionalDependencies, repository })
  const { sharp, 'openapi-fetch': openapiFetch } = manifest.dependencies
  t.strictSame(published['dependencies'], { 'openapi-fetch': openapiFetch, sharp })
  t.match(published['files'], manifest.files)
  for (const key of ['private', 'scripts', 'devDependencies']) t.notOk(key in published, key)
  cpSync(join(directory, 'node_modules'), join(root, 'node_modules'), { recursive: true })
  t.equal(execFileSync(process.execPath, [join(root, bin.posterframe), '--version'], { encoding: 'utf8' }), `${version}\n`)
})

t.test('the client imports nothing, and its types refer to existing files', async (t) => {
  const script = `
    const { createPosterframeClient, signThumbnailUrl } = await import('./client/client.mjs')
    const client = createPosterframeClient({ baseUrl: 'https://posters.example', fetch: async ({ url }) => Response.json({ url }) })
    const { data } = await client.GET('/healthz')
    console.log(data.url, await signThumbnailUrl({ id: 'k1', secret: 'AQEB' }, { base: '', query: { key: 'a' }, signedUntil: 1 }))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: directory,
    encoding: 'utf8',
    env: {}
  })
  t.match(
    output,
    /^https:\/\/posters\.example\/healthz \/v1\/thumbnails\?key=a&keyId=k1&signedUntil=1&signature=[\w-]{43}\n$/
  )
  t.notMatch(readFileSync(`${directory}/client/client.mjs`, 'utf8'), /^import|require\(|node:/m)
  for (const { types, default: file } of Object.values(manifest.exports)) {
    for (const path of [types, file]) t.ok(existsSync(join(directory, path.replace('./dist/', ''))), path)
  }
  const declaration = readFileSync(`${directory}/client/client.d.ts`, 'utf8')
  for (const [, target = ''] of declaration.matchAll(/from '(\.[^']+)'/g)) {
    t.ok(existsSync(join(directory, 'client', target.replace(/(?<!\.d)\.[jt]s$/, '.d.ts'))), target)
  }
})
