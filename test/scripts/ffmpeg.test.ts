import { createHash } from 'node:crypto'
import { chmodSync, existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { findFfmpeg, prepareDecoder, prepareFfmpeg } from '../../scripts/ffmpeg.mjs'

const PROGRAM = '#!/bin/sh\n'
const pinOf = (program: string) => ({
  version: '1.0.0',
  sha256: { [`${process.platform}-${process.arch}`]: createHash('sha256').update(program).digest('hex') }
})

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

t.test('uses a successful download of the recorded program', async (t) => {
  const install = 'require("node:fs").writeFileSync(__dirname + "/ffmpeg", "#!/bin/sh\\n", { mode: 0o755 })'
  const root = t.testdir({ node_modules: { 'ffmpeg-static': { 'install.js': install } } })
  t.capture(process.stderr, 'write')
  t.equal(
    await prepareFfmpeg(root, { PATH: '' }, pinOf(PROGRAM)),
    `${root}/node_modules/ffmpeg-static/ffmpeg`
  )
})

t.test('refuses and removes a download that is not the recorded program, or whose sum is not recorded', async (t) => {
  const install = 'require("node:fs").writeFileSync(__dirname + "/ffmpeg", "#!/bin/sh -x", { mode: 0o755 })'
  for (const [pin, problem] of [
    [pinOf(PROGRAM), /is refused, and was removed: its SHA-256 is \w{64}, and not \w{64} as recorded.*npm run pin/],
    [{ version: '1.0.0', sha256: {} }, /no SHA-256 is recorded for \w+-\w+\. Install ffmpeg or set FFMPEG_PATH/]
  ] as const) {
    const root = t.testdir({
      node_modules: { '@seydx': {}, 'ffmpeg-static': { 'install.js': install } },
      bin: { ffmpeg: PROGRAM }
    })
    chmodSync(`${root}/bin/ffmpeg`, 0o755)
    const printed = t.capture(process.stderr, 'write')
    t.equal(await prepareFfmpeg(root, { PATH: `${root}/bin` }, pin), `${root}/bin/ffmpeg`)
    t.match(
      printed().map(({ args }) => args[0]),
      [/downloading a static ffmpeg/, problem]
    )
    t.equal(existsSync(`${root}/node_modules/ffmpeg-static/ffmpeg`), false)
  }
})

t.test('refuses a program that another installer has put there, with libav too', async (t) => {
  const libav = { [`node-av-${process.platform}-${process.arch}`]: {} }
  for (const env of [{}, { POSTERFRAME_DECODER: 'libav' }]) {
    const root = t.testdir({ node_modules: { '@seydx': libav, 'ffmpeg-static': { ffmpeg: '#!/bin/sh -x' } } })
    chmodSync(`${root}/node_modules/ffmpeg-static/ffmpeg`, 0o755)
    t.capture(process.stderr, 'write')
    t.equal(await prepareDecoder(root, { PATH: '', ...env }, pinOf(PROGRAM)), undefined)
  }
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
