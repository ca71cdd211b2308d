import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { loadLibav } from './libav-binding.ts'
import { JobError, LOG_ERROR, LOG_INFO } from './open-input.ts'
import { runTask } from './run-task.ts'
import { type Job, MessageReader, writeMessage, type TaskAnswer } from './libav-messages.ts'

const STDERR = 2
/** A task takes a few hundred bytes. */
const MAX_JOB_BYTES = 1024 * 1024
/** Errors of JavaScript itself. Those of the native module, about a file that it cannot read, are plain. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError]

// Entry of a worker process, which libav-process.ts starts with an empty environment. Reads jobs from standard input,
// one at a time, responds on standard output, and ends when either closes.
const libav = loadLibav()
libav.Log.setLevel(LOG_INFO)
const home = process.cwd()

/** Runs one job and writes the response. Ends its log with the line that the job names. */
async function serve ({ task, directory, startOfLog, endOfLog }: Job): Promise<void> {
  // Not by libav's log, so that a crash cannot lose it, nor by process.stderr, which would make the pipe non-blocking.
  writeSync(STDERR, `${startOfLog}\n`)
  process.chdir(directory)
  const answer = await runTask(libav, task).catch(explain)
  // Nothing of a finished request is retained.
  process.chdir(home)
  libav.Log.log(LOG_INFO, `${endOfLog}\n`)
  for (const piece of writeMessage(answer.head, answer.body)) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
  }
}

function explain (error: unknown): TaskAnswer {
  const isBug = BUGS.some((Bug) => error instanceof Bug)
  const failure = error instanceof JobError ? error.failure : isBug ? 'bug' : 'failed'
  const reason = error instanceof Error ? ((isBug ? error.stack : undefined) ?? error.message) : String(error)
  libav.Log.log(LOG_ERROR, `${reason}\n`)
  return { head: { kind: 'failure', failure, reason }, body: [] }
}

const messages = new MessageReader(MAX_JOB_BYTES)
for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
  for (const { head } of messages.take(chunk)) await serve(head as Job)
}
process.exit(0)
