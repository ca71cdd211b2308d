import { execFileSync, spawnSync } from 'node:child_process'
import t from 'tap'
import { findFaults } from '../../scripts/check-artefact.mjs'

t.test('rejects the native module and the packages of node-av, wherever they are', async (t) => {
  const entry = 'app/server.mjs'
  for (const path of [
    'node-av.node',
    'app/node_modules/@seydx/node-av-linux-x64/node-av.node',
    'app/node_modules/@seydx/node-av-linux-arm64/package.json',
    'package/node_modules/@seydx/node-av/'
  ]) {
    t.match(findFaults([entry, path], entry), [`${path} must not be published`])
  }
  for (const path of ['app/libav-worker.mjs', 'usr/bin/ffmpeg', 'app/node_modules/sharp/node-av.node.md']) {
    t.same(findFaults([entry, path], entry), [], path)
  }
})

t.test('rejects a list without the expected file', async (t) => {
  t.match(findFaults([], 'app/server.mjs'), ['app/server.mjs is missing from the list of 0 files.'])
})

t.test('reads the list of a real archive', async (t) => {
  const directory = t.testdir({
    good: { app: { 'server.mjs': '' } },
    bad: { app: { 'server.mjs': '', node_modules: { '@seydx': { 'node-av-linux-x64': { 'node-av.node': '' } } } } }
  })
  const check = (name: string) =>
    spawnSync(process.execPath, ['scripts/check-artefact.mjs', 'app/server.mjs'], {
      input: execFileSync('sh', ['-c', `tar --create --directory "${directory}/${name}" . | tar --list`]),
      encoding: 'utf8'
    })
  t.match(check('good'), { status: 0, stderr: '', stdout: /none of node-av/ })
  t.match(check('bad'), { status: 1, stdout: '', stderr: /node-av\.node must not be published: see docs\/licences\.md\./ })
})
