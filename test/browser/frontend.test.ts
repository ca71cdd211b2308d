import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { createElement, type ComponentType } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import sharp from 'sharp'
import t from 'tap'
import { chromiumMissing, launchChromium, openPage } from '../support/browser-page.ts'
import { type LocalService, startLocalService } from '../support/local-service.ts'
import { findTestFfmpeg, readBarcode } from '../support/videos.ts'

const run = promisify(execFile)
const skip = await findTestFfmpeg().then(
  () => false as const,
  () => 'needs ffmpeg'
)
const secret = randomBytes(32).toString('base64url')
const document = readFileSync('docs/frontend.md', 'utf8')
let service: LocalService

t.before(async () => {
  if (skip === false) {
    service = await startLocalService(t, { POSTERFRAME_SIGNING_SECRETS: `k1:${secret}`, POSTERFRAME_CORS_ORIGINS: '*' })
  }
})

/** Returns the examples in one language, changed to use this service and its video. */
const readExamples = (language: string): string[] =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) =>
    text.replaceAll('http://127.0.0.1:3000', service.base).replaceAll('sample.mp4', 'film.mp4')
  )

/** Bundles a source text that may import the client into one script. */
async function bundle (contents: string, loader: 'js' | 'ts' | 'tsx', platform: 'node' | 'browser'): Promise<string> {
  return (await bundleFiles(contents, loader, platform))['.js'] ?? ''
}

/** Bundles a source text and returns the output files by extension, including imported styles. */
async function bundleFiles (
  contents: string,
  loader: 'js' | 'ts' | 'tsx',
  platform: 'node' | 'browser'
): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    stdin: { contents, loader, resolveDir: process.cwd() },
    alias: { 'posterframe/client': join(process.cwd(), 'src/client/client.ts') },
    bundle: true,
    write: false,
    outdir: '.',
    format: 'esm',
    platform,
    jsx: 'automatic',
    logLevel: 'silent'
  })
  return Object.fromEntries(outputFiles.map(({ path, text }) => [extname(path), text]))
}

t.test('returns a thumbnail for the shell example', { skip }, async (t) => {
  const [line = 'false'] = readExamples('sh')
  const { stdout } = await run('sh', ['-c', line])
  t.match(JSON.parse(stdout), { timestamp: 2, width: 320, source: { key: 'film.mp4' } })
})

t.test('runs the TypeScript examples, whose signed URLs the service accepts', { skip }, async (t) => {
  const examples = readExamples('ts')
  t.equal(examples.length, 3)
  const outputs: string[] = []
  for (const [index, example] of examples.entries()) {
    const path = join(t.testdir(), `example-${index}.mjs`)
    writeFileSync(path, await bundle(example, 'ts', 'node'))
    outputs.push((await run(process.execPath, [path], { env: { SIGNING_SECRET: secret } })).stdout)
  }
  t.match(outputs[0], /^http.* 320 192\n$/)
  const signed = await fetch(outputs[1]?.trim() ?? '')
  t.equal(signed.status, 200)
  t.equal(signed.headers.get('content-type'), 'image/jpeg')
  t.match(outputs[1], /signature=/)
  t.match(outputs[2], /^4 http.*\.vtt/)
})

/** Sends a byte range. Without ranges, browsers cannot seek and the player disables its slider. */
function sendRange (response: ServerResponse, type: string, bytes: Buffer, range: string): void {
  const [, start = 0, end = bytes.length - 1] =
    /^bytes=(\d+)-(\d+)?$/.exec(range)?.map((text) => (text === undefined ? undefined : Number(text))) ?? []
  response
    .writeHead(206, {
      'content-type': type,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'accept-ranges': 'bytes'
    })
    .end(bytes.subarray(start, end + 1))
}

async function servePage (files: Readonly<Record<string, { type: string, text: string | Buffer }>>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    if (file === undefined) response.writeHead(404).end()
    else if (request.headers.range !== undefined && typeof file.text !== 'string') {
      sendRange(response, file.type, file.text, request.headers.range)
    } else {
      response.writeHead(200, { 'content-type': file.type }).end(file.text)
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return server
}

const locate = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

t.test('shows the images of the HTML example', { skip: skip || chromiumMissing }, async (t) => {
  const [markup = ''] = readExamples('html')
  const server = await servePage({ '/': { type: 'text/html', text: `<!doctype html><title>t</title>${markup}` } })
  const { page } = await openPage(await launchChromium(t), locate(server))
  await page.waitForFunction(() => (globalThis.document.querySelector('img')?.naturalWidth ?? 0) > 0)
  const poster = await page.locator('video').getAttribute('poster')
  t.equal((await fetch(poster ?? '')).status, 200)
})

const poster = (width: number) => `${service.base}/v1/thumbnails?key=film.mp4&timestamp=50pct&width=${width}`
const listProps = () => ({
  src: `${service.base}/film.mp4`,
  title: 'the film',
  posters: [160, 320].map((width) => ({ url: poster(width), width })),
  width: 320,
  height: 192
})

t.test('renders the React component on a server', { skip }, async (t) => {
  const [component = ''] = readExamples('tsx')
  const path = join(process.cwd(), 'node_modules', `.video-poster-${process.pid}.mjs`)
  // In this folder the component imports the same copy of React as the test; hooks fail with two copies.
  const { outputFiles } = await build({
    stdin: { contents: component, loader: 'tsx', resolveDir: process.cwd() },
    bundle: true,
    packages: 'external',
    write: false,
    format: 'esm',
    jsx: 'automatic'
  })
  writeFileSync(path, outputFiles[0]?.text ?? '')
  t.teardown(async () => {
    await (await import('node:fs/promises')).rm(path)
  })
  const { VideoPoster } = (await import(path)) as { VideoPoster: ComponentType<ReturnType<typeof listProps>> }
  const markup = renderToStaticMarkup(createElement(VideoPoster, listProps()))
  t.match(markup, /<button type="button" aria-label="Play the film"/)
  t.match(markup, /srcSet="[^"]*width=160 160w, [^"]*width=320 320w"/)
})

t.test(
  'shows the poster of the React component, and plays the video on click',
  { skip: skip || chromiumMissing },
  async (t) => {
    const [component = ''] = readExamples('tsx')
    const script = await bundle(
      `${component}\nimport { createRoot } from 'react-dom/client'\ncreateRoot(document.querySelector('main')).render(<VideoPoster {...${JSON.stringify(listProps())}} />)`,
      'tsx',
      'browser'
    )
    const server = await servePage({
      '/': {
        type: 'text/html',
        text: '<!doctype html><title>t</title><main></main><script type="module" src="/page.js"></script>'
      },
      '/page.js': { type: 'text/javascript', text: script }
    })
    const { page } = await openPage(await launchChromium(t), locate(server))
    await page.waitForFunction(() => (globalThis.document.querySelector('img')?.naturalWidth ?? 0) > 0)
    await page.getByRole('button', { name: 'Play the film' }).press('Enter')
    t.equal(await page.locator('video').getAttribute('aria-label'), 'the film')
    t.equal(await page.evaluate(() => globalThis.document.activeElement?.tagName), 'VIDEO')
  }
)

t.test(
  'shows the storyboard tile under the pointer in a player, and plays',
  { skip: skip || chromiumMissing },
  async (t) => {
    const answer = await fetch(`${service.base}/v1/storyboards`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'film.mp4', interval: '1s', mode: 'exact', columns: 3 })
    })
    const storyboard = (await answer.json()) as {
      sheets: Array<{ url: string }>
      tiles: Array<{ x: number, y: number }>
    }
    const [component = ''] = readExamples('js')
    const { '.js': script = '', '.css': style = '' } = await bundleFiles(
      `${component}\nshowPlayer('#player', ${JSON.stringify({ src: '/film.mp4', title: 'The film', storyboard })})`,
      'js',
      'browser'
    )
    const server = await servePage({
      '/': {
        type: 'text/html',
        text:
          '<!doctype html><title>t</title><link rel="stylesheet" href="/page.css"><div id="player"></div><script ' +
          'type="module" src="/page.js"></script>'
      },
      '/page.js': { type: 'text/javascript', text: script },
      '/page.css': { type: 'text/css', text: style },
      '/film.mp4': { type: 'video/mp4', text: readFileSync(service.path) }
    })
    const { page, faults } = await openPage(await launchChromium(t), locate(server))
    await page.waitForFunction(() => (globalThis.document.querySelector('video')?.duration ?? 0) > 3)
    const slider = page.getByRole('slider', { name: 'Seek' })
    const preview = page.locator('.vds-slider-thumbnail')
    // Points at the middle of each tile, because the pointer position is rounded.
    for (const [place, moment] of [0.5, 1.5, 2.5, 3.5].entries()) {
      const box = await slider.boundingBox()
      if (box === null) throw new Error('the slider is not shown')
      await page.mouse.move(box.x + (box.width * moment) / 4, box.y + box.height / 2, { steps: 5 })
      const { x, y } = storyboard.tiles[place] ?? { x: NaN, y: NaN }
      await preview
        .locator(`img[style*="translate(-${x}px, -${y}px)"], img[style*="translate(${-x}px, ${-y}px)"]`)
        .waitFor()
      t.equal(await preview.locator('img').getAttribute('src'), storyboard.sheets[0]?.url)
      const { data, info } = await sharp(await preview.screenshot())
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true })
      t.equal(readBarcode(data, info.width, info.height), place * 25, `the frame at ${place} s`)
    }
    await page.getByRole('button', { name: 'Play', exact: true }).first().click()
    await page.waitForFunction(() => (globalThis.document.querySelector('video')?.currentTime ?? 0) > 0)
    t.same(faults, [])
  }
)
