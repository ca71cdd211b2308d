import type { Entry } from './corpus.ts'
import { listRightCodes } from './error-kinds.ts'
import { WIDTH } from './judge.ts'
import type { ConformingService } from './service.ts'
import type { Outcome } from './sweep-video.ts'

/** Asks one way for a picture of a file that has none, and holds the error against what the corpus says of the file. */
export async function sweepFault (service: ConformingService, path: string, entry: Entry): Promise<Outcome> {
  const rightCodes = listRightCodes([entry.expectation, ...entry.also_acceptable])
  const mayPass = entry.also_acceptable.includes('ok')
  const misses = new Set<string>()
  const modes = new Set<string>()
  const questions = [
    () => service.askKey(entry.file, { timestamp: 'first', width: String(WIDTH), format: 'png' }),
    () => service.askKey(entry.file, { timestamp: 'middle', width: String(WIDTH), format: 'png' }),
    () => service.askUpload(path, entry.upload_name, { timestamp: 'first', width: String(WIDTH), format: 'png' })
  ]
  let rightErrors = 0
  for (const ask of questions) {
    const { status, body } = await ask()
    const isMade = status < 300
    const code = isMade ? 'a picture' : String(body['code'])
    if (isMade) modes.add(String((body['work'] as { mode: string }).mode))
    if (isMade ? mayPass : rightCodes.includes(code)) rightErrors++
    else misses.add(`${isMade ? '' : `${status} `}${code}, not ${rightCodes.join(' or ')}`)
  }
  return { asked: questions.length, misses: [...misses], rightErrors, modes: [...modes], jpegSsim: undefined }
}
