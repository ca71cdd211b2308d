import { chmodSync, existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { findFfmpeg, prepareDecoder, prepareFfmpeg } from '../../scripts/ffmpeg.mjs'

const PROGRAM = '#!/bin/sh\n'

function makeMachine (t: Test): { root: string, env: NodeJS.ProcessEnv, allow: (path: string) => string } {
  const root = t.testdir({
    node_modules: { 'ffmpeg-static': { ffmpeg: PROGRAM } },
    bin: { ffmpeg: PROGRAM },
    own: PROGRAM,
    empty: {}
  })
  const allow = (path: string): string => {
    chmodSync(`${root}/${path}`, 0o755)
    return `${root}/${path}`
  }
  return { root, env: { PATH: `${root}/empty:${root}/bin` }, allow }
}

t.test('prefers FFMPEG_PATH to everything else', async (t) => {
  const { root, env, allow } = makeMachine(t)
  allow('node_modules/ffmpeg-static/ffmpeg')
  const own = allow('own')
  t.equal(findFfmpeg(root, { ...env, FFMPEG_PATH: own }), own)
})

t.test('rejects an FFMPEG_PATH that is not a program', async (t) => {
  const { root, env, allow } = makeMachine(t)
  allow('bin/ffmpeg')
  t.throws(() => findFfmpeg(root, { ...env, FFMPEG_PATH: `${root}/nothing` }), {
    message: /FFMPEG_PATH is .* not a program/
  })
})

t.test('prefers ffmpeg-static to the PATH', async (t) => {
  const { root, env, allow } = makeMachine(t)
  allow('bin/ffmpeg')
  const fixed = allow('node_modules/ffmpeg-static/ffmpeg')
  t.equal(findFfmpeg(root, env), fixed)
})

t.test('skips an interrupted download, which is not executable', async (t) => {
  const { root, env, allow } = makeMachine(t)
  const onPath = allow('bin/ffmpeg')
  t.equal(findFfmpeg(root, env), onPath)
})

t.test('returns undefined if there is no ffmpeg', async (t) => {
  const { root, env } = makeMachine(t)
  t.equal(findFfmpeg(root, env), undefined)
})

t.test('reports and removes a failed download, and does not try again', async (t) => {
  const attempts = 'require("node:fs").appendFileSync(__dirname + "/attempts", "x"); process.exit(1)'
  const root = t.testdir({
    node_modules: { 'ffmpeg-static': { 'install.js': attempts, ffmpeg: 'half' } },
    bin: { ffmpeg: PROGRAM }
  })
  chmodSync(`${root}/bin/ffmpeg`, 0o755)
  const printed = t.capture(process.stderr, 'write')
  const env = { PATH: `${root}/bin` }

  t.equal(await prepareFfmpeg(root, env), `${root}/bin/ffmpeg`)
  t.match(
    printed().map(({ args }) => args[0]),
    [/downloading a static ffmpeg/, /the download failed/]
  )
  t.equal(existsSync(`${root}/node_modules/ffmpeg-static/ffmpeg`), false)

  t.equal(await prepareFfmpeg(root, env), `${root}/bin/ffmpeg`)
  t.same(printed(), [], 'the second start prints nothing')
})

t.test('uses a successful download', async (t) => {
  const install = 'require("node:fs").writeFileSync(__dirname + "/ffmpeg", "#!/bin/sh", { mode: 0o755 })'
  const root = t.testdir({ node_modules: { 'ffmpeg-static': { 'install.js': install } } })
  t.capture(process.stderr, 'write')
  t.equal(await prepareFfmpeg(root, { PATH: '' }), `${root}/node_modules/ffmpeg-static/ffmpeg`)
})

t.test("decodes with FFmpeg's libraries from npm, and needs an ffmpeg only if it is configured", async (t) => {
  const root = t.testdir({
    node_modules: { '@seydx': { [`node-av-${process.platform}-${process.arch}`]: {} } },
    bin: { ffmpeg: PROGRAM },
    empty: {}
  })
  chmodSync(`${root}/bin/ffmpeg`, 0o755)
  t.equal(await prepareDecoder(root, { PATH: `${root}/empty` }), undefined)
  t.equal(await prepareDecoder(root, { PATH: `${root}/bin` }), `${root}/bin/ffmpeg`, 'for the sample video')
  t.equal(await prepareDecoder(root, { PATH: `${root}/empty`, POSTERFRAME_DECODER: 'libav' }), undefined)
  const env = { PATH: `${root}/bin`, POSTERFRAME_DECODER: 'ffmpeg' }
  t.equal(await prepareDecoder(root, env), `${root}/bin/ffmpeg`)
})
