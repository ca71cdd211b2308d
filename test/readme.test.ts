import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import { findFfmpeg } from '../scripts/ffmpeg.mjs'
import { ensureSampleVideo } from '../scripts/sample-video.mjs'
import { CONFIG_VARIABLES } from '../src/config/variables.ts'
import { OPTION_DEFAULTS } from '../src/options/thumbnail-options.ts'
import { startService } from './support/running-service.ts'

interface Block {
  readonly language: string
  readonly text: string
}
interface Manifest {
  readonly scripts: Record<string, string>
  readonly [group: `${string}ependencies`]: Record<string, string>
}

const readme = readFileSync('README.md', 'utf8')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const blocks: Block[] = [...readme.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text
}))
const ffmpeg = findFfmpeg('.', process.env) ?? ''

t.test('every command is one that runs here, or one that is there to be run', async (t) => {
  for (const { text } of blocks.filter(({ language }) => language === 'sh')) {
    for (const command of text
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +#.*/, ''))) {
      const script = /^npm (?:run )?(\w+)$/.exec(command)?.[1]
      t.ok(script === undefined ? existsSync(command) : manifest.scripts[script], command)
    }
  }
  for (const { text } of blocks.filter(({ language }) => language === 'sh docker')) {
    const files = [...text.matchAll(/-f (\S+)/g)].map(([, path = '']) => path)
    for (const path of files) t.ok(existsSync(path), path)
    t.match(text, /^docker (build|compose) /, 'what no engine is here for stays short')
  }
  t.strictSame([...new Set(blocks.map(({ language }) => language))].sort(), [
    'json',
    'sh',
    'sh cli',
    'sh docker',
    'sh run'
  ])
})

t.test('the calls answer as README says', { skip: ffmpeg === '' && 'needs ffmpeg' }, async (t) => {
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
  const [made, redirected, uploaded, refused, batch, storyboard, video] = blocks.filter(
    ({ language }) => language === 'sh run'
  )
  const [answer, problem] = blocks
    .filter(({ language }) => language === 'json')
    .map(({ text }) => JSON.parse(text) as object)
  const run = async (block: Block | undefined): Promise<string> => {
    const command = (block?.text ?? 'false').replaceAll('http://127.0.0.1:3000', service.base)
    return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd })).stdout
  }

  const thumbnail = JSON.parse(await run(made)) as { url: string, timestamp: number, width: number, height: number }
  t.strictSame(listMembers(thumbnail), listMembers(answer), 'the answer has the members that README shows')
  t.match(thumbnail, { timestamp: 12.48, width: 640, height: 360 })
  const picture = Buffer.from(await (await fetch(thumbnail.url)).arrayBuffer())
  t.match(await sharp(picture).metadata(), { format: 'jpeg', width: 640, height: 360 })

  await run(redirected)
  t.strictSame(readFileSync(`${cwd}/thumbnail.jpg`), picture, 'the redirect leads to the same picture')
  t.match(JSON.parse(await run(uploaded)), { contentType: 'image/webp', source: { key: null } })
  const document = JSON.parse(await run(refused)) as object
  t.strictSame(listMembers(document), listMembers(problem), 'the problem has the members that README shows')
  t.match(document, { code: 'timestamp_out_of_range', status: 422 })

  t.match(JSON.parse(await run(batch)), {
    thumbnails: [
      { width: 320, timestamp: 5 },
      { width: 640, timestamp: 5 },
      { error: { code: 'timestamp_out_of_range' } }
    ],
    srcset: /^http:\S+ 320w, http:\S+ 640w$/
  })
  const board = JSON.parse(await run(storyboard)) as {
    vtt: { url: string }
    sheets: Array<{ url: string, width: number }>
    tiles: unknown[]
  }
  const vtt = await fetch(board.vtt.url)
  t.match(vtt.headers.get('content-type'), /^text\/vtt/)
  const [sheetUrl = ''] = /^http:\S+(?=#xywh=0,0,160,90$)/m.exec(await vtt.text()) ?? []
  t.equal(sheetUrl, board.sheets[0]?.url)
  t.match(await sharp(Buffer.from(await (await fetch(sheetUrl)).arrayBuffer())).metadata(), {
    format: 'jpeg',
    width: board.sheets[0]?.width
  })
  t.match(JSON.parse(await run(video)), {
    key: 'sample.mp4',
    duration: 20,
    codec: 'h264',
    width: 1280,
    height: 720,
    tracks: [{ kind: 'video' }]
  })
  t.equal(await service.stop(), 0)
})

t.test('the commands of the shell do as README says', { skip: ffmpeg === '' && 'needs ffmpeg' }, async (t) => {
  const cwd = t.testdir({})
  t.capture(process.stderr, 'write')
  await ensureSampleVideo(ffmpeg, `${cwd}/data/videos/sample.mp4`)
  const [block] = blocks.filter(({ language }) => language === 'sh cli')
  const commands = (block?.text ?? '')
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''))
  t.equal(commands.length, 5)
  const run = async (command: string) =>
    (
      await promisify(execFile)(
        'bash',
        [
          '-euo',
          'pipefail',
          '-c',
          `posterframe () { "${process.execPath}" "${process.cwd()}/src/cli.ts" "$@"; }\n${command}`
        ],
        {
          cwd,
          env: { PATH: process.env['PATH'], FFMPEG_PATH: ffmpeg },
          maxBuffer: 2 ** 24
        }
      )
    ).stdout
  const said: string[] = []
  for (const command of commands) said.push(await run(command))
  const [nothing, made, video, board, result] = said
  t.equal(nothing, '')
  t.match(await sharp(`${cwd}/poster.jpg`).metadata(), { format: 'jpeg', width: 640, height: 360 })
  t.match(JSON.parse(made ?? ''), { timestamp: 10, source: { key: 'sample.mp4' } })
  t.match(JSON.parse(video ?? ''), { duration: 20, codec: 'h264' })
  t.match(JSON.parse(board ?? ''), { tiles: { length: 2 } })
  t.match(JSON.parse(result ?? ''), { made: 1, failed: 0 })
})

t.test('the table of variables is that of the configuration', async (t) => {
  const [, table = ''] = readme.split('| variable | default | meaning |\n| --- | --- | --- |\n')
  const rows = CONFIG_VARIABLES.map(({ name, default: value, meaning }) => `| \`${name}\` | ${value} | ${meaning} |\n`)
  t.equal(table.slice(0, rows.join('').length + 1), `${rows.join('')}\n`)
})

t.test('every option is explained', async (t) => {
  for (const name of [...Object.keys(OPTION_DEFAULTS), 'width', 'height']) {
    t.match(readme, new RegExp(`^\\| .*\`${name}\``, 'm'), name)
  }
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

t.test('links and pictures lead to files', async (t) => {
  for (const document of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    for (const [, target = ''] of readFileSync(document, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.ok(existsSync(target), `${document}: ${target}`)
    }
  }
  t.ok(statSync('docs/thumbnail.jpg').size < 40_000, 'the picture is small')
})

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
