// npm run fuzz -- [--target NAME] [--seed N] [--seconds N | --cases N] [--input FILE]
// Feeds mutated inputs to the parts of the service that untrusted bytes reach, each made from a seed. The first failure
// of a target ends it, prints the seed that reproduces it, and is saved in fuzz-failures/.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runCase, type FailedCase } from './fuzz-case.ts'
import { startHangGuard } from './hang-guard.ts'
import { TARGETS } from './targets.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    cases: { type: 'string' },
    input: { type: 'string' }
  }
})
const names = values.target === undefined ? Object.keys(TARGETS) : values.target.split(',')
const unknown = names.filter((name) => !(name in TARGETS))
if (unknown.length > 0) {
  console.error(`Unknown target: ${unknown.join(', ')}. The targets are ${Object.keys(TARGETS).join(', ')}.`)
  process.exit(64)
}
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const input = values.input === undefined ? undefined : await readFile(values.input)
const cases = input === undefined ? Number(values.cases ?? Infinity) : 1
for (const name of names) {
  if (await fuzz(name, (Number(values.seconds) * 1000) / names.length)) process.exitCode = 1
}

async function fuzz (name: string, spanMs: number): Promise<boolean> {
  const target = await TARGETS[name]!.create()
  const guard = startHangGuard(name)
  const end = Date.now() + spanMs
  let seed = firstSeed
  let failed: FailedCase | undefined
  for (; seed < firstSeed + cases && Date.now() < end && failed === undefined; seed++) {
    guard.begin(seed)
    failed = await runCase(target, seed, input)
  }
  await guard.end()
  await target.close?.()
  console.log(
    `${name}: ${seed - firstSeed} cases from seed ${firstSeed}, ${failed === undefined ? 'none failed' : 'one failed'}`
  )
  if (failed !== undefined) await report(name, failed)
  return failed !== undefined
}

async function report (name: string, failed: FailedCase): Promise<void> {
  const file = `fuzz-failures/${name}-${failed.seed}.bin`
  await mkdir('fuzz-failures', { recursive: true })
  await writeFile(file, failed.input)
  console.error(failed.error)
  console.error(`Reproduce: npm run fuzz -- --target ${name} --seed ${failed.seed} --input ${file}`)
}
