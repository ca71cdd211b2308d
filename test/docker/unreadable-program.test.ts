import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'

const NOBODY = 65_534
const skip =
  process.platform === 'linux' && process.getuid?.() === 0 ? false : 'needs root to change the user'

/** Returns whether another process of the same user can read the environment of a Node whose program has this mode. */
async function isReadable (mode: number): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'pf-unreadable-'))
  await chmod(directory, 0o755)
  const program = join(directory, 'node')
  await copyFile(process.execPath, program)
  await chmod(program, mode)
  const service = spawn(program, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    uid: NOBODY,
    gid: NOBODY,
    env: { SECRET: 'hunter2' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit']
  })
  try {
    await once(service.stdout, 'data')
    const { stdout } = spawnSync('/bin/cat', [`/proc/${service.pid}/environ`], {
      uid: NOBODY,
      gid: NOBODY,
      encoding: 'utf8'
    })
    return stdout.includes('hunter2')
  } finally {
    service.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}

t.test('the environment of a program without read permission is hidden from its own user', { skip }, async (t) => {
  t.equal(await isReadable(0o755), true, 'it is readable otherwise')
  t.equal(await isReadable(0o711), false)
})

t.test('the image removes the read permission of Node and tini', async (t) => {
  t.match(await readFile('Dockerfile', 'utf8'), /chmod 0711 \/usr\/bin\/tini \/usr\/local\/bin\/node/)
})
