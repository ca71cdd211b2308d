import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'

interface Instruction {
  readonly name: string
  readonly value: string
}

/** Reads the instructions of a Dockerfile, without comments and with continued lines joined. */
function readInstructions (path: string): Instruction[] {
  return readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
      return { name, value }
    })
}

const pick = (instructions: readonly Instruction[], name: string): string[] =>
  instructions.filter((instruction) => instruction.name === name).map(({ value }) => value)

/** Returns the instructions of the last stage, which ships. */
const readLastStage = (instructions: readonly Instruction[]): readonly Instruction[] =>
  instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))

const files = ['Dockerfile', 'docker/lambda.Dockerfile']

for (const path of files) {
  t.test(`${path} is pinned, unprivileged, and installs only from the lockfile and Debian`, async (t) => {
    const instructions = readInstructions(path)
    t.notOk(
      instructions.some(({ name }) => name === ''),
      'every line is an instruction'
    )
    for (const base of pick(instructions, 'FROM')) {
      t.match(
        base,
        /^[^\s:@]+(\/[^\s:@]+)*:(?!latest)[\w.-]+@sha256:[0-9a-f]{64}( AS \w+)?$/,
        `${base.slice(0, 40)} is pinned by digest`
      )
    }
    const user = pick(readLastStage(instructions), 'USER').at(-1) ?? 'root'
    t.notMatch(user, /^(root|0)(:|$)/, 'does not run as root')
    t.same(pick(instructions, 'ADD'), [], 'does not download with ADD')
    t.notMatch(
      pick(instructions, 'RUN').join('\n'),
      /curl|wget|sudo|npm (i|install)\b/,
      'installs only from the lockfile and Debian'
    )
    for (const run of pick(instructions, 'RUN').filter((run) => run.includes('apt-get install'))) {
      t.match(
        run,
        /apt-get update && .*--no-install-recommends.*rm -rf \/var\/lib\/apt\/lists/,
        'leaves no package lists'
      )
    }
    for (const name of ['CMD', 'ENTRYPOINT'] as const) {
      for (const value of pick(instructions, name)) {
        t.doesNotThrow(() => {
          JSON.parse(value)
        }, `${name} runs without a shell, which would not forward signals`)
      }
    }
    t.notMatch(readFileSync(path, 'utf8'), /(secret|password|token|access_key)\w*=/i, 'contains no secret')
  })

  t.test(`${path} copies files that exist and that .dockerignore includes`, async (t) => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n')
    const sources = pick(readInstructions(path), 'COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(' ').slice(0, -1))
    t.ok(sources.length > 0)
    t.ok(ignored.includes('*'), 'everything else is ignored')
    for (const source of sources) {
      t.ok(existsSync(source), `${source} exists`)
      t.ok(ignored.includes(`!${source}`), `${source} is included`)
    }
  })

  t.test(`${path} copies the output of the build`, async (t) => {
    const instructions = readInstructions(path)
    const stages = pick(instructions, 'FROM').flatMap((value) => / AS (\w+)/.exec(value)?.[1] ?? [])
    for (const value of pick(instructions, 'COPY').filter((value) => value.startsWith('--from='))) {
      const [from = '', source = ''] = value.split(' ')
      t.ok(stages.includes(from.slice('--from='.length)), `${from} is a stage`)
      t.match(source, /^\/build\/(dist\/|node_modules\/ffmpeg-static\/ffmpeg)$/)
    }
    t.match(pick(instructions, 'RUN').join('\n'), /node scripts\/build\.mjs/, 'with the script of npm run build')
  })
}

t.test('all stages use the same Node image', async (t) => {
  const nodes = files.flatMap((path) => pick(readInstructions(path), 'FROM')).filter((base) => base.startsWith('node:'))
  t.equal(new Set(nodes.map((base) => base.split(' ')[0])).size, 1)
})

t.test('the image has a health check and an init', async (t) => {
  const stage = readLastStage(readInstructions('Dockerfile'))
  t.match(pick(stage, 'HEALTHCHECK').join(), '/healthz')
  t.match(pick(stage, 'ENTRYPOINT').join(), 'tini')
  t.match(pick(stage, 'ENV').join(), 'POSTERFRAME_HOST=0.0.0.0')
})

t.test('the health check fails unless /healthz returns 200', async (t) => {
  const [check = ''] = pick(readLastStage(readInstructions('Dockerfile')), 'HEALTHCHECK')
  const [program, flag, script = ''] = JSON.parse(check.slice(check.indexOf('['))) as string[]
  t.same([program, flag], ['node', '-e'])
  for (const [status, code] of [
    [200, 0],
    [503, 1]
  ] as const) {
    t.equal(await runHealthCheck(t, script, status), code, `the service returns ${status}`)
  }
})

async function runHealthCheck (t: Test, script: string, status: number): Promise<number | null> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? status : 404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const child = spawn(process.execPath, ['-e', script], { env: { POSTERFRAME_PORT: String(port) } })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}
