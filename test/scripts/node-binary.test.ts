import t from 'tap'
import { prepareNode, runsTypeScript } from '../../scripts/node-binary.mjs'

t.test('knows which Node runs TypeScript by itself', async (t) => {
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

t.test('takes the pinned Node when it is there', async (t) => {
  const root = t.testdir({ node_modules: { node: { bin: { node: '' } } } })
  t.equal(await prepareNode(root), `${root}/node_modules/node/bin/node`)
})

t.test("takes the machine's own Node, silently, when the pinned one could not be fetched before", async (t) => {
  const root = t.testdir({ node_modules: { '.posterframe': { 'node-failed': 'offline' } } })
  const said = t.capture(process.stderr, 'write')
  t.equal(await prepareNode(root), process.execPath)
  t.same(said(), [])
})
