import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const DROP_ROOT = process.getuid?.() === 0 ? ['setpriv', '--reuid=65531', '--clear-groups', '--'] : []

const run = promisify(execFile)
/** Runs a command as a user to whom a limit of processes applies. */
async function runUnprivileged (command: readonly string[]): Promise<{ stdout: string }> {
  const [program = '', ...args] = [...DROP_ROOT, ...command]
  return await run(program, args)
}

const MODULES = `
  import { openSync, closeSync } from 'node:fs'
  const { runProcess, startProcess } = await import(${JSON.stringify(import.meta.resolve('../../src/sandbox/run-process.ts'))})
  const { NO_ISOLATION } = await import(${JSON.stringify(import.meta.resolve('../../src/sandbox/isolation.ts'))})
  const isolation = { ...NO_ISOLATION, seccompFilter: Buffer.alloc(8) }
  const options = {
    signal: new AbortController().signal, directory: '/', limits: { cpuSeconds: 5, memoryBytes: 2 ** 31 }, isolation,
    outputs: [async (output) => { for await (const chunk of output) void chunk }], onLine: () => {}
  }
  const tryAll = async () => {
    const codes = []
    const note = (error) => { codes.push(error.code) }
    await runProcess('/bin/true', [], options).catch(note)
    try { startProcess('/bin/true', [], options) } catch (error) { note(error) }
    return codes
  }
`

t.test('a process that lacks descriptors to start is an error, and does not end the service', async (t) => {
  const script = `${MODULES}
    const open = []
    try { for (;;) open.push(openSync('/dev/null')) } catch {}
    const codes = await tryAll()
    for (const descriptor of open) closeSync(descriptor)
    process.stdout.write(JSON.stringify(codes))
  `
  const { stdout } = await run('/bin/sh', [
    '-c',
    'ulimit -n 64 && exec "$@"',
    'sh',
    process.execPath,
    '--input-type=module',
    '-e',
    script
  ])
  t.same(JSON.parse(stdout), ['EMFILE', 'EMFILE'])
})

t.test('nor is one that cannot be started for want of processes', async (t) => {
  const probing = ['prlimit', '--nproc=1', '/bin/sh', '-c', '(true) && echo forks']
  const probe = await runUnprivileged(probing).catch((error: { stdout: string }) => error)
  if (/forks/.test(probe.stdout)) {
    t.pass('is tried', { skip: 'a limit of processes has no effect on this machine' })
    return
  }
  const script = `${MODULES}
    import { execFileSync } from 'node:child_process'
    execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1:1'])
    process.stdout.write(JSON.stringify(await tryAll()))
  `
  const { stdout } = await runUnprivileged([process.execPath, '--input-type=module', '-e', script])
  t.equal((JSON.parse(stdout) as string[])[0], 'EAGAIN')
})
