// Runs the command behind an npm script after installing what it needs. Works on a machine with nothing but Node 20 and
// npm, so this file and its imports use nothing from node_modules.
import { realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareDecoder, prepareFfmpeg } from './ffmpeg.mjs'
import { listFirstRequests } from './first-requests.mjs'
import { prepareNode } from './node-binary.mjs'
import { hasLockedPackages, installPackages } from './packages.mjs'
import { assertPortIsFree } from './port.mjs'
import { ensureSampleVideo, locateSampleVideo } from './sample-video.mjs'
import { runInForeground, say, SetupError } from './steps.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const TYPECHECK = [['tsc'], ['tsc', '--project', 'test/browser'], ['tsc', '--project', 'deploy']]
const CDK = ['node', 'node_modules/aws-cdk/bin/cdk']

/**
 * The programs of each command, in order, and what they need besides the packages of the project: ffmpeg, any decoder,
 * or the packages of deploy/. They run in the folder of the project, or in that of the caller.
 * @typedef {'ffmpeg' | 'decoder' | 'deploy'} Need
 * @type {Record<string, { needs?: Need[], folder?: string, isCallers?: boolean, programs: string[][] }>}
 */
const commands = {
  setup: { needs: ['ffmpeg', 'deploy'], programs: [] },
  start: { needs: ['decoder'], programs: [['node', 'src/server.ts']] },
  cli: { needs: ['decoder'], isCallers: true, programs: [['node', join(root, 'src/cli.ts')]] },
  test: { needs: ['ffmpeg'], programs: [['tap']] },
  lint: { needs: ['deploy'], programs: [['eslint', '.'], ...TYPECHECK, ['redocly', 'lint', 'openapi.yaml']] },
  typecheck: { needs: ['deploy'], programs: TYPECHECK },
  openapi: { programs: [['node', 'scripts/print-openapi.ts']] },
  client: {
    programs: [
      ['node', 'scripts/client-types.mjs'],
      ['node', 'scripts/postman.mjs']
    ]
  },
  docs: { programs: [['node', 'scripts/print-configuration.ts']] },
  build: { programs: [['node', 'scripts/build.mjs']] },
  pin: { programs: [['node', 'scripts/pin.mjs']] },
  pack: {
    programs: [
      ['node', 'scripts/build.mjs'],
      ['node', 'scripts/pack.mjs']
    ]
  },
  bench: { needs: ['ffmpeg'], programs: [['node', 'bench/run.ts']] },
  fallbacks: { needs: ['ffmpeg'], programs: [['node', 'bench/fallbacks.ts']] },
  fuzz: { needs: ['ffmpeg'], programs: [['node', 'test/fuzz/main.ts']] },
  licences: { programs: [['node', 'scripts/licences.mjs']] },
  conformance: { needs: ['ffmpeg'], programs: [['node', 'bench/conformance.ts']] },
  soak: { needs: ['ffmpeg'], programs: [['node', 'bench/soak.ts']] },
  deploy: { needs: ['deploy'], folder: 'deploy', programs: [[...CDK, 'deploy', '--no-notices']] },
  synth: {
    needs: ['deploy'],
    folder: 'deploy',
    programs: [[...CDK, 'synth', '--app', 'node synth.ts', '--no-notices', '--quiet']]
  },
  cdk: { needs: ['deploy'], folder: 'deploy', programs: [CDK] },
  'test-deploy': { needs: ['deploy'], folder: 'deploy', programs: [['node', '--test', 'test/*.test.ts']] }
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
 * @param {string[]} args for the last program
 * @returns {Promise<number>} the exit code
 */
async function main (name, args) {
  const command = commands[name]
  if (command === undefined) throw new SetupError(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')}`)
  const { needs = [], folder = '', isCallers = false, programs } = command
  // First, because the steps that follow may take minutes.
  if (name === 'start') await assertPortIsFree(process.env)
  for (const project of [root, ...(needs.includes('deploy') ? [join(root, 'deploy')] : [])]) {
    if (!hasLockedPackages(project)) await installPackages(project)
  }
  const node = await prepareNode(root)
  const prepare = needs.includes('ffmpeg') ? prepareFfmpeg : needs.includes('decoder') ? prepareDecoder : undefined
  const ffmpeg = await prepare?.(root, process.env)
  const onMessage = name === 'start' ? await prepareWelcome(ffmpeg) : undefined
  const env = buildEnvironment(process.env, { node, ffmpeg })
  // npm changes to the folder of the project, and passes on where it was called.
  const cwd = isCallers ? (process.env['INIT_CWD'] ?? process.cwd()) : join(root, folder)
  return runPrograms(programs, args, { node, cwd, env, onMessage })
}

/**
 * Runs the programs one after the other until one fails.
 * @param {string[][]} programs
 * @param {string[]} args
 * @param {{ node: string, cwd: string, env: NodeJS.ProcessEnv, onMessage?: ((message: any) => void) | undefined }}
 * options
 */
async function runPrograms (programs, args, { node, cwd, env, onMessage }) {
  for (const [index, [program = '', ...rest]] of programs.entries()) {
    const script = program === 'node' ? [] : [realpathSync(join(root, 'node_modules/.bin', program))]
    const own = index === programs.length - 1 ? args : []
    const code = await runInForeground(node, [...script, ...rest, ...own], { cwd, env, onMessage })
    if (code !== 0) return code
  }
  return 0
}

/**
 * Returns `env` with the project's programs and its Node first on the PATH, and ffmpeg last.
 * @param {NodeJS.ProcessEnv} env
 * @param {{ node: string, ffmpeg: string | undefined }} programs their paths
 * @returns {NodeJS.ProcessEnv}
 */
function buildEnvironment (env, { node, ffmpeg }) {
  const folders = [join(root, 'node_modules/.bin'), dirname(node), env['PATH'], ffmpeg && dirname(ffmpeg)]
  return { ...env, PATH: folders.filter(Boolean).join(delimiter), ...(ffmpeg && { FFMPEG_PATH: ffmpeg }) }
}

/**
 * Makes the sample video. Returns what prints the address of the page, and first requests, once the service has sent
 * its address.
 * @param {string | undefined} ffmpeg
 * @returns {Promise<(message: { page: string }) => void>}
 */
async function prepareWelcome (ffmpeg) {
  const sample = locateSampleVideo(process.env, root)
  const hasSample = sample !== undefined && (await ensureSampleVideo(ffmpeg, sample.path))
  return ({ page }) => {
    say(`ready: open ${page}/ in a browser`)
    if (hasSample) for (const line of listFirstRequests(page, sample, process.env['POSTERFRAME_AUTH'])) say(line)
  }
}
