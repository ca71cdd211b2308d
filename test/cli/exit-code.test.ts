import t from 'tap'
import { InterruptedError } from '../../src/cli/cli-context.ts'
import { chooseExitCode, describeError } from '../../src/cli/exit-code.ts'
import { ConfigError } from '../../src/config/config.ts'
import { PosterframeError } from '../../src/errors.ts'

const systemError = Object.assign(new Error("EACCES: permission denied, mkdir 'data'"), { syscall: 'mkdir' })
const bugs = [
  new TypeError('Promise.withResolvers is not a function'),
  new ReferenceError('x is not defined'),
  new PosterframeError('internal_error', { cause: new TypeError('Promise.withResolvers is not a function') }),
  'a thrown text'
]

t.test('every error has an exit code and a code in its line', async (t) => {
  const cases: Array<[error: unknown, exitCode: number, line: RegExp]> = [
    [new PosterframeError('invalid_request', { detail: 'No.' }), 1, /^invalid_request: No\.$/],
    [new PosterframeError('corrupt_video'), 2, /^corrupt_video: /],
    [new PosterframeError('store_unavailable'), 3, /^store_unavailable: /],
    [new ConfigError(['x must be y']), 1, /^invalid_configuration: /],
    [new InterruptedError(), 130, /^interrupted: /],
    [new Error('There is no ffmpeg.'), 1, /^not_started: There is no ffmpeg\.$/],
    [systemError, 1, /^system_error: EACCES: permission denied, mkdir 'data'$/]
  ]
  for (const [error, exitCode, line] of cases) {
    t.equal(chooseExitCode(error), exitCode)
    t.match(describeError(error, 'https://bugs.example'), line)
  }
})

t.test('a bug is internal_error with the stack, and no fault of the source or the store', async (t) => {
  for (const bug of bugs) {
    t.equal(chooseExitCode(bug), 70)
    const [first = '', ...stack] = describeError(bug, 'https://bugs.example').split('\n')
    t.match(first, /^internal_error: .* Report it at https:\/\/bugs\.example with these lines:$/)
    t.match(stack.join('\n'), /withResolvers|x is not defined|a thrown text/)
  }
})
