import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import { findFfmpeg } from '../scripts/ffmpeg.mjs'
import { ensureSampleVideo } from '../scripts/sample-video.mjs'
import { loadConfig } from '../src/config/config.ts'
import { type CodeBlock, listCommands, readBlocks } from './support/markdown.ts'
import { startService } from './support/running-service.ts'

interface Manifest {
  readonly scripts: Record<string, string>
  readonly [group: `${string}ependencies`]: Record<string, string>
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const pages = {
  readme: readBlocks('README.md'),
  api: readBlocks('docs/api.md'),
  contributing: readBlocks('CONTRIBUTING.md')
}
const ofLanguage = (blocks: readonly CodeBlock[], wanted: string) =>
  blocks.filter(({ language }) => language === wanted)
const ffmpeg = findFfmpeg('.', process.env) ?? ''
const bash = async (script: string, options: { cwd?: string, env?: NodeJS.ProcessEnv } = {}) =>
  (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { ...options, maxBuffer: 2 ** 24 })).stdout

t.test('README is short, and so is its picture', async (t) => {
  t.ok(readFileSync('README.md', 'utf8').trimEnd().split('\n').length <= 150)
  t.ok(statSync('docs/thumbnail.jpg').size < 40_000)
})

t.test('every command exists', async (t) => {
  const listed = ofLanguage([...pages.readme, ...pages.contributing], 'sh')
  for (const command of listCommands(listed)) {
    const script = /^npm (?:run )?(\w+)$/.exec(command)?.[1]
    t.ok(script === undefined ? existsSync(command) : manifest.scripts[script], command)
  }
  for (const command of listCommands(ofLanguage(pages.readme, 'sh docker'))) {
    t.match(command, /^docker (build|compose) /, 'is checked no further, because the tests have no Docker')
    for (const [, path = ''] of command.matchAll(/ -f (\S+)/g)) t.ok(existsSync(path), path)
  }
  const listLanguages = (blocks: readonly CodeBlock[]) => [...new Set(blocks.map(({ language }) => language))].sort()
  t.strictSame(listLanguages(pages.readme), ['html', 'json', 'sh', 'sh cli', 'sh docker', 'sh env', 'sh run'])
  t.strictSame(listLanguages(pages.api), ['json', 'sh run'])
  t.strictSame(listLanguages(pages.contributing), ['sh'])
})

t.test('CONTRIBUTING explains every npm script', async (t) => {
  const listed = listCommands(ofLanguage(pages.contributing, 'sh')).map((line) => line.replace(/^npm (run )?/, ''))
  t.strictSame(
    Object.keys(manifest.scripts).filter((name) => !listed.includes(name)),
    ['cdk'],
    'except the one that passes its arguments to the CDK'
  )
})

t.test('the variables for an S3 bucket are a valid configuration', async (t) => {
  const [block] = ofLanguage(pages.readme, 'sh env')
  t.match(block?.text, /npm start\n$/)
  const printed = await bash(`npm () { env -0; }\n${block?.text}`, { env: { PATH: process.env['PATH'] } })
  const env: NodeJS.ProcessEnv = {}
  for (const line of printed.split('\0')) env[line.replace(/=.*/s, '')] = line.replace(/^[^=]*=/, '')
  t.match(loadConfig(env), { store: 's3', sourceBuckets: ['my-videos'], outputBucket: 'my-thumbnails' })
  t.ok(env['AWS_REGION'])
})

t.test('the calls return what README and docs/api.md show', { skip: ffmpeg === '' && 'needs ffmpeg' }, async (t) => {
  const cwd = t.testdir({})
  mkdirSync(`${cwd}/scratch`)
  t.capture(process.stderr, 'write')
  await ensureSampleVideo(ffmpeg, `${cwd}/data/videos/sample.mp4`)
  const service = await startService(process.execPath, [`${process.cwd()}/src/server.ts`], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      FFMPEG_PATH: ffmpeg,
      POSTERFRAME_SCRATCH_DIR: `${cwd}/scratch`,
      POSTERFRAME_LOG_LEVEL: 'warn'
    }
  })
  const calls = (blocks: readonly CodeBlock[]) =>
    ofLanguage(blocks, 'sh run').map(({ text }) => () =>
      bash(text.replaceAll('http://127.0.0.1:3000', service.base), { cwd }))
  const answers = (blocks: readonly CodeBlock[]) =>
    ofLanguage(blocks, 'json').map(({ text }) => JSON.parse(text) as object)

  const [first, ...others] = calls(pages.readme)
  t.equal(others.length, 0)
  const made = JSON.parse(await first!()) as object
  const shown = listMembers(answers(pages.readme)[0])
  t.strictSame(shown.filter((member) => !listMembers(made).includes(member)), [], 'README shows existing members only')

  const api = calls(pages.api)
  t.equal(api.length, 11)
  const [store, redirect, upload, raw, batch, storyboard, preview, video, job, state, refused] = api
  const [answer, running, problem] = answers(pages.api)

  const thumbnail = JSON.parse(await store!()) as { url: string, cached: boolean }
  t.strictSame(listMembers(thumbnail), listMembers(answer), 'the response has the members that the page shows')
  t.match(thumbnail, { timestamp: 12.48, width: 640, height: 360, cached: true }, 'and is the thumbnail of README')
  const picture = Buffer.from(await (await fetch(thumbnail.url)).arrayBuffer())
  t.match(await sharp(picture).metadata(), { format: 'jpeg', width: 640, height: 360 })

  await redirect!()
  t.strictSame(readFileSync(`${cwd}/thumbnail.jpg`), picture, 'the redirect leads to the same picture')
  t.match(JSON.parse(await upload!()), { contentType: 'image/webp', source: { key: null } })
  t.match(JSON.parse(await raw!()), { contentType: 'image/jpeg', source: { key: null } })

  t.match(JSON.parse(await batch!()), {
    thumbnails: [
      { width: 320, timestamp: 5 },
      { width: 640, timestamp: 5 },
      { error: { code: 'timestamp_out_of_range' } }
    ],
    srcset: /^http:\S+ 320w, http:\S+ 640w$/
  })
  const board = JSON.parse(await storyboard!()) as {
    vtt: { url: string }
    sheets: Array<{ url: string, width: number }>
  }
  const vtt = await fetch(board.vtt.url)
  t.match(vtt.headers.get('content-type'), /^text\/vtt/)
  const [sheetUrl = ''] = /^http:\S+(?=#xywh=0,0,160,90$)/m.exec(await vtt.text()) ?? []
  t.equal(sheetUrl, board.sheets[0]?.url)
  t.match(await sharp(Buffer.from(await (await fetch(sheetUrl)).arrayBuffer())).metadata(), {
    format: 'jpeg',
    width: board.sheets[0]?.width
  })
  t.match(JSON.parse(await preview!()), { contentType: 'image/webp', width: 320 })
  t.match(JSON.parse(await video!()), {
    key: 'sample.mp4',
    duration: 20,
    codec: 'h264',
    width: 1280,
    height: 720,
    tracks: [{ kind: 'video' }]
  })

  const started = JSON.parse(await job!()) as object
  t.strictSame(listMembers(started), listMembers(running), 'the job has the members that the page shows')
  t.match(started, { kind: 'storyboard', state: 'running' })
  let ended = JSON.parse(await state!()) as { state: string }
  while (ended.state === 'running') ended = JSON.parse(await state!()) as { state: string }
  t.match(ended, { state: 'succeeded', result: { tiles: { length: 2 } } })

  t.strictSame(
    { ...(JSON.parse(await refused!()) as object), requestId: '...' },
    problem,
    'the problem is the one that the page shows'
  )
  t.equal(await service.stop(), 0)
})

t.test('the shell commands do what README says', { skip: ffmpeg === '' && 'needs ffmpeg' }, async (t) => {
  const cwd = t.testdir({})
  t.capture(process.stderr, 'write')
  await ensureSampleVideo(ffmpeg, `${cwd}/data/videos/sample.mp4`)
  const commands = listCommands(ofLanguage(pages.readme, 'sh cli'))
  t.equal(commands.length, 3)
  const posterframe = `posterframe () { "${process.execPath}" "${process.cwd()}/src/cli.ts" "$@"; }`
  const said: string[] = []
  for (const command of commands) {
    said.push(await bash(`${posterframe}\n${command}`, { cwd, env: { PATH: process.env['PATH'], FFMPEG_PATH: ffmpeg } }))
  }
  const [nothing, video, result] = said
  t.equal(nothing, '')
  t.match(await sharp(`${cwd}/poster.webp`).metadata(), { format: 'webp', width: 640, height: 360 })
  t.match(JSON.parse(video ?? ''), { duration: 20, codec: 'h264' })
  t.match(JSON.parse(result ?? ''), { made: 1, failed: 0 })
})

t.test('CONTRIBUTING says why each dependency is there', async (t) => {
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const
  t.strictSame(
    listExplained('## Why each dependency'),
    groups.flatMap((group) => Object.keys(manifest[group] ?? {})).sort()
  )
  const deploy = JSON.parse(readFileSync('deploy/package.json', 'utf8')) as Manifest
  t.strictSame(
    listExplained('## Why each dependency of deploy/'),
    groups.flatMap((group) => Object.keys(deploy[group] ?? {})).sort()
  )
})

/** The packages in the table below a heading of CONTRIBUTING. */
function listExplained (heading: string): string[] {
  const [section = ''] = (readFileSync('CONTRIBUTING.md', 'utf8').split(`${heading}\n`)[1] ?? '').split('\n## ')
  return [...section.matchAll(/^\| (`.*?`) \|/gm)]
    .flatMap(([, names = '']) => names.replaceAll('`', '').split(', '))
    .sort()
}

/** The names of all members, those of objects within included; an array counts as one. */
function listMembers (value: object | undefined): string[] {
  return Object.entries(value ?? {})
    .flatMap(([name, member]: [string, unknown]) => {
      return typeof member === 'object' && member !== null && !Array.isArray(member)
        ? [name, ...listMembers(member).map((inner) => `${name}.${inner}`)]
        : [name]
    })
    .sort()
}
