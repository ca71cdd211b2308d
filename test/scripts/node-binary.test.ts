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

t.test('uses the Node that it fetched before if its own is too old', async (t) => {
  const root = t.testdir({ node_modules: { node: { bin: { node: '' } } } })
  const printed = t.capture(process.stderr, 'write')
  t.equal(await prepareNode(root, '20.20.2'), `${root}/node_modules/node/bin/node`)
  t.same(printed(), [])
})

t.test('says what to install if npm cannot fetch a newer Node', async (t) => {
  const root = t.testdir({ 'package.json': '{}' })
  t.capture(process.stderr, 'write')
  await t.rejects(prepareNode(root, '20.20.2'), {
    message: /^Node 20\.20\.2 is too old and npm could not fetch Node 24: install Node 22\.18 or later/
  })
})
