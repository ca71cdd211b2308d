import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import t from 'tap'
import { prepareNode, runsTypeScript } from '../../scripts/node-binary.mjs'

t.test('knows which versions of Node run TypeScript without a flag', async (t) => {
  const cases = {
    '20.20.2': false,
    '22.17.1': false,
    '22.18.0': true,
    '23.5.0': false,
    '23.6.0': true,
    '24.0.0': true,
    '26.1.0': true
  }
  for (const [version, able] of Object.entries(cases)) t.equal(runsTypeScript(version), able, version)
})

t.test("uses the machine's own Node if that is new enough", async (t) => {
  const root = t.testdir({ node_modules: { node: { bin: { node: '' } } } })
  t.equal(await prepareNode(root, '22.18.0'), process.execPath)
})

const pinOf = (program: string) => ({
  version: '24.0.0',
  sha256: { [`${process.platform}-${process.arch}`]: createHash('sha256').update(program).digest('hex') }
})

t.test('uses the Node that it fetched before if its own is too old', async (t) => {
  const root = t.testdir({ node_modules: { node: { bin: { node: 'node' } } } })
  const printed = t.capture(process.stderr, 'write')
  t.equal(await prepareNode(root, '20.20.2', pinOf('node')), `${root}/node_modules/node/bin/node`)
  t.same(printed(), [])
})

t.test('refuses and removes a Node that is not the recorded one', async (t) => {
  for (const [pin, problem] of [
    [pinOf('node'), /refused: its SHA-256 is \w{64}, and not \w{64} as recorded .*\. Install Node 22\.18 or later/],
    [{ version: '24.0.0', sha256: {} }, /refused: no SHA-256 is recorded for \w+-\w+\./]
  ] as const) {
    const root = t.testdir({ node_modules: { node: { bin: { node: 'another' } } } })
    await t.rejects(prepareNode(root, '20.20.2', pin), { message: problem })
    t.equal(existsSync(`${root}/node_modules/node/bin/node`), false)
  }
})

t.test('says what to install if npm cannot fetch a newer Node', async (t) => {
  const root = t.testdir({ 'package.json': '{}' })
  t.capture(process.stderr, 'write')
  await t.rejects(prepareNode(root, '20.20.2', { ...pinOf('node'), version: '0.0.0-none' }), {
    message: /^Node 20\.20\.2 is too old and npm could not fetch Node 24: install Node 22\.18 or later/
  })
})
