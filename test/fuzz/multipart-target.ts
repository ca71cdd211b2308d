import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildApp } from '../../src/http/app.ts'
import { printOpenapi } from '../../src/http/routes/openapi-pages.ts'
import type { UploadedSource } from '../../src/thumbnails/thumbnail.ts'
import { createFakeServices, fakeSettings, fakeThumbnail } from '../support/fake-services.ts'
import { BOUNDARY, buildForm, FORM_TYPE, type FormPart } from '../support/multipart-body.ts'
import { type OpenapiDocument, validateResponse } from '../support/openapi-contract.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'

const MAX_UPLOAD_BYTES = 20_000
/** One byte more than allowed. */
const TOO_LONG = Buffer.alloc(MAX_UPLOAD_BYTES + 1, 'video')
const NAMES = [
  'file', 'file', 'file', 'timestamp', 'width', 'format', 'key', '__proto__', 'constructor', 'toString', '',
  'x'.repeat(200), 'fil\u0000e'
]
const TEXTS = [
  '12.5', '640', 'jpeg', '', '-1', '{"a":1}', 'x'.repeat(2000), '\r\n--', `\r\n--${BOUNDARY}--\r\n`, 'ä'.repeat(100)
]
const FILENAMES = ['a.mp4', '../../etc/passwd', '', '\0', 'a"; name="key', 'x'.repeat(500), 'C:\\a.mp4', '..']
const TYPES = ['video/mp4', 'text/plain', 'application/json', 'multipart/mixed; boundary=x', '', 'a/b; charset=utf-16']
/** Bytes to insert where lines of a form begin or end. */
const SPLICES = [
  '\r\n', '\n', '\r', '--', `--${BOUNDARY}`, `\r\n--${BOUNDARY}--`, 'Content-Disposition: form-data',
  'Content-Transfer-Encoding: base64\r\n', 'Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%ff\r\n',
  'a: b\r\n'.repeat(100), '\0'
]

/** Creates a target for uploads: every response is one of the OpenAPI document, and nothing stays on scratch. */
export async function createMultipartTarget (): Promise<FuzzTarget> {
  let input = Buffer.alloc(0)
  const scratch = await mkdtemp(join(tmpdir(), 'posterframe-fuzz-'))
  const app = await buildApp(
    createFakeServices(scratch, {
      makeThumbnail: async ({ source }) => {
        const { path, bytes } = source as UploadedSource
        if ((await stat(path)).size !== bytes || bytes > MAX_UPLOAD_BYTES) {
          throw new Violation('the size of the file is wrong')
        }
        if (bytes === MAX_UPLOAD_BYTES && isOneTooLong(input)) throw new Violation('a truncated file was accepted')
        return { thumbnail: fakeThumbnail, urlSeconds: 3600, stepTimes: {} }
      }
    }),
    { ...fakeSettings, maxUploadBytes: MAX_UPLOAD_BYTES }
  )
  await app.ready()
  const document = parse(printOpenapi(app)) as OpenapiDocument
  return {
    make: (random) => {
      const form = buildForm(Array.from({ length: pick(random, [1, 1, 2, 3, 40]) }, () => makePart(random)))
      return random() < 0.3 ? form : splice(random() < 0.5 ? form : mutateBytes(form, random), random)
    },
    async check (given, random) {
      input = Buffer.from(given)
      const contentType =
        random() < 0.9
          ? FORM_TYPE
          : pick(random, [
            'multipart/form-data',
            'multipart/form-data; boundary=',
            'multipart/form-data; boundary=other',
              `multipart/form-data; boundary="${BOUNDARY}"`,
              `multipart/mixed; boundary=${BOUNDARY}`,
              `${FORM_TYPE}; boundary=b`
          ])
      const response = await app.inject({
        method: 'POST',
        url: '/v1/thumbnails',
        headers: { 'content-type': contentType },
        payload: input
      })
      if (response.statusCode >= 500) throw new Violation(`the response is ${response.statusCode}: ${response.body}`)
      validateResponse(document, 'POST', '/v1/thumbnails', response.statusCode, response.headers, response.body)
      const left = await readdir(scratch)
      if (left.length > 0) throw new Violation(`${left.length} directories are left on scratch`)
    },
    async close () {
      await app.close()
      await rm(scratch, { recursive: true })
    }
  }
}

/** Returns whether the form has one part with a file that is too long; bytes after the end of the form do not count. */
function isOneTooLong (input: Buffer): boolean {
  const mark = 'Content-Disposition'
  return input.includes(TOO_LONG) && input.indexOf(mark) === input.lastIndexOf(mark)
}

function makePart (random: Random): FormPart {
  const name = pick(random, NAMES)
  const type = random() < 0.5 ? {} : { type: pick(random, TYPES) }
  if (name !== 'file' && random() < 0.8) return { name, content: pick(random, TEXTS), ...type }
  return {
    name,
    filename: pick(random, FILENAMES),
    content: Buffer.alloc(pick(random, [0, 1, 1000, MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES + 1]), 'video'),
    ...type
  }
}

function splice (form: Buffer, random: Random): Buffer {
  const text = Buffer.from(pick(random, SPLICES))
  const ends = ['\r\n', '--', ': '].flatMap((mark) => {
    const at = form.indexOf(mark, below(random, form.length + 1))
    return at < 0 ? [] : [at]
  })
  const at = ends.length === 0 ? below(random, form.length + 1) : pick(random, ends)
  return Buffer.concat([form.subarray(0, at), text, form.subarray(at + (random() < 0.5 ? 0 : text.length))])
}
