// Behind every npm script: sees to it that what the command needs is there, then runs it. It has to work on a machine
// with Node 20 and npm alone, so it and what it imports use nothing from node_modules.
import { realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareDecoder, prepareFfmpeg } from './ffmpeg.mjs'
import { listFirstRequests } from './first-requests.mjs'
import { prepareNode } from './node-binary.mjs'
import { hasLockedPackages, installPackages } from './packages.mjs'
import { ensureSampleVideo, locateSampleVideo } from './sample-video.mjs'
import { runInForeground, say, SetupError } from './steps.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @type {Record<string, { needsDecoder?: boolean, needsFfmpeg?: boolean, needsDeploy?: boolean, folder?: string,
 * prepare?: (ffmpeg: string | undefined) => Promise<void>, programs: string[][] }>}
 */
const commands = {
  start: { needsDecoder: true, prepare: offerSample, programs: [['node', 'src/server.ts']] },
  test: { needsFfmpeg: true, programs: [['tap']] },
  lint: {
    needsDeploy: true,
    programs: [
      ['eslint', '.'],
      ['tsc'],
      ['tsc', '--project', 'test/browser'],
      ['tsc', '--project', 'deploy'],
      ['redocly', 'lint', 'openapi.yaml']
    ]
  },
  typecheck: {
    needsDeploy: true,
    programs: [['tsc'], ['tsc', '--project', 'test/browser'], ['tsc', '--project', 'deploy']]
  },
  openapi: { programs: [['node', 'scripts/print-openapi.ts']] },
  client: {
    programs: [
      ['node', 'scripts/client-types.mjs'],
      ['node', 'scripts/postman.mjs']
    ]
  },
  docs: { programs: [['node', 'scripts/print-configuration.ts']] },
  build: { programs: [['node', 'scripts/build.mjs']] },
  bench: { needsFfmpeg: true, programs: [['node', 'bench/run.ts']] },
  fallbacks: { needsFfmpeg: true, programs: [['node', 'bench/fallbacks.ts']] },
  fuzz: { needsFfmpeg: true, programs: [['node', 'test/fuzz/main.ts']] },
  licences: { programs: [['node', 'scripts/licences.mjs']] },
  conformance: { needsFfmpeg: true, programs: [['node', 'bench/conformance.ts']] },
  soak: { needsFfmpeg: true, programs: [['node', 'bench/soak.ts']] },
  deploy: {
    needsDeploy: true,
    folder: 'deploy',
    programs: [['node', 'node_modules/aws-cdk/bin/cdk', 'deploy', '--no-notices']]
  },
  synth: {
    needsDeploy: true,
    folder: 'deploy',
    programs: [['node', 'node_modules/aws-cdk/bin/cdk', 'synth', '--no-notices', '--quiet']]
  },
  cdk: { needsDeploy: true, folder: 'deploy', programs: [['node', 'node_modules/aws-cdk/bin/cdk']] },
  'test-deploy': { needsDeploy: true, folder: 'deploy', programs: [['node', '--test', 'test/*.test.ts']] }
}

try {
  process.exitCode = await main(process.argv[2] ?? '', process.argv.slice(3))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  say(error.message)
  process.exitCode = 1
}

/**
 * @param {string} name
 * @param {string[]} args go on to the last program
 * @returns {Promise<number>} the exit code
 */
async function main (name, args) {
  const command = commands[name]
  if (command === undefined) throw new SetupError(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')}`)
  if (!hasLockedPackages(root)) await installPackages(root)
  if (command.needsDeploy && !hasLockedPackages(join(root, 'deploy'))) await installPackages(join(root, 'deploy'))
  const node = await prepareNode(root)
  const ffmpeg = command.needsFfmpeg
    ? await prepareFfmpeg(root, process.env)
    : command.needsDecoder
      ? await prepareDecoder(root, process.env)
      : undefined
  await command.prepare?.(ffmpeg)
  return runPrograms(command.programs, args, {
    node,
    cwd: join(root, command.folder ?? ''),
    env: planEnvironment(process.env, ffmpeg)
  })
}

/**
 * @param {string[][]} programs
 * @param {string[]} args
 * @param {{ node: string, cwd: string, env: NodeJS.ProcessEnv }} options
 */
async function runPrograms (programs, args, { node, cwd, env }) {
  for (const [index, [program = '', ...rest]] of programs.entries()) {
    const script = program === 'node' ? [] : [realpathSync(join(root, 'node_modules/.bin', program))]
    const own = index === programs.length - 1 ? args : []
    const code = await runInForeground(node, [...script, ...rest, ...own], { cwd, env })
    if (code !== 0) return code
  }
  return 0
}

/**
 * The project's programs come first on the PATH, and ffmpeg is on it somewhere.
 * @param {NodeJS.ProcessEnv} env
 * @param {string | undefined} ffmpeg
 * @returns {NodeJS.ProcessEnv}
 */
function planEnvironment (env, ffmpeg) {
  const path = [join(root, 'node_modules/.bin'), env['PATH'], ffmpeg && dirname(ffmpeg)].filter(Boolean).join(delimiter)
  return { ...env, PATH: path, ...(ffmpeg && { FFMPEG_PATH: ffmpeg }) }
}

/** @param {string | undefined} ffmpeg */
async function offerSample (ffmpeg) {
  const sample = locateSampleVideo(process.env, root)
  if (sample === undefined || !(await ensureSampleVideo(ffmpeg, sample.path))) return
  for (const line of listFirstRequests(process.env, sample)) say(line)
}
