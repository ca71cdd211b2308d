import { spawnSync } from 'node:child_process'
import t from 'tap'
import { SHELLS } from '../../src/cli/completion.ts'
import { runCommandLine } from '../support/command-line.ts'

const cwd = t.testdir()
const isThere = (program: string) => spawnSync(program, ['--version']).error === undefined

for (const cli of SHELLS) {
  t.test(`the completion of ${cli} is a script that it takes`, { skip: !isThere(cli) && `needs ${cli}` }, async (t) => {
    const { stdout, exitCode } = await runCommandLine(['completion', cli], { cwd })
    t.equal(exitCode, 0)
    t.match(spawnSync(cli, ['-n'], { input: stdout, encoding: 'utf8' }), { status: 0, stderr: '' })
  })

  t.test(`the completion of ${cli} knows every command`, async (t) => {
    const { stdout } = await runCommandLine(['completion', cli], { cwd })
    for (const word of [
      'thumbnail',
      'storyboard',
      'probe',
      'sign',
      'serve',
      'completion',
      'keyframe',
      'webp',
      'interval'
    ]) { t.match(stdout, word) }
  })
}

t.test('bash completes commands, flags and choices', async (t) => {
  const { stdout: script } = await runCommandLine(['completion', 'bash'], { cwd })
  const complete = (...words: string[]) => {
    const asked = `${script}\nCOMP_WORDS=(posterframe "$@") COMP_CWORD=$#\n_posterframe\nprintf '%s\\n' "\${COMPREPLY[@]}"`
    return spawnSync('bash', ['-c', asked, 'bash', ...words], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
  }
  t.strictSame(complete('thumb'), ['thumbnail'])
  t.strictSame(complete('thumbnail', '--see'), ['--seek'])
  t.strictSame(complete('thumbnail', 'a.mp4', '--seek', ''), ['exact', 'keyframe'])
  t.strictSame(complete('completion', 'z'), ['zsh'])
  t.strictSame(complete('thumbnail', '--timestamp', ''), [''], 'a moment is not for a shell to guess')
  t.strictSame(complete('thumbnail', 'holi'), [''], 'files are the affair of the shell')
})

t.test('a shell that is not known is refused', async (t) => {
  t.match(await runCommandLine(['completion', 'cmd'], { cwd }), {
    exitCode: 1,
    stderr: /^invalid_request: .*Allowed choices are bash, zsh, fish\.\n$/
  })
})
