// A short run of the fuzzer, with the same cases each time unless FUZZ_SEED is set. `npm run fuzz` runs for any length
// of time.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { runCase } from './fuzz-case.ts'
import { startHangGuard } from './hang-guard.ts'
import { TARGETS } from './targets.ts'

const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1)

for (const [name, { create, cases }] of Object.entries(TARGETS)) {
  t.test(`${name}: ${cases} cases from seed ${firstSeed}`, async (t) => {
    const target = await create()
    const guard = startHangGuard(name, 120_000)
    t.teardown(async () => {
      await guard.end()
      await target.close?.()
    })
    for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
      guard.begin(seed)
      const failed = await runCase(target, seed)
      if (failed === undefined) continue
      const file = join(tmpdir(), `posterframe-fuzz-${name}-${seed}.bin`)
      await writeFile(file, failed.input)
      t.fail(`npm run fuzz -- --target ${name} --seed ${seed} --input ${file}`, { error: failed.error })
      return
    }
    t.pass('none failed')
  })
}

t.test('repeats the same case for the same seed, and finds a fault', async (t) => {
  const target = await TARGETS['timestamp']!.create()
  const inputs: Buffer[] = []
  const broken = {
    ...target,
    check: async (input: Buffer) => {
      inputs.push(input)
      if (input.includes('auto')) throw new TypeError('a bug')
    }
  }
  const run = async () => {
    for (let seed = 1; seed < 500; seed++) {
      const failed = await runCase(broken, seed)
      if (failed !== undefined) return failed
    }
    return undefined
  }
  const [first, second] = [await run(), await run()]
  t.match(first, { error: { message: 'a bug' } })
  t.same(second, first)
  t.same(inputs.slice(0, inputs.length / 2), inputs.slice(inputs.length / 2))
})
