import t from 'tap'
import { checkUploadMethod } from '../../src/doctor/check-upload-method.ts'

t.test('warns of forms at stores that do not take them', async (t) => {
  for (const [endpoint, store] of [
    ['https://0123.r2.cloudflarestorage.com', 'Cloudflare R2'],
    ['https://videos.0123.eu.r2.cloudflarestorage.com', 'Cloudflare R2'],
    ['https://s3.us-west-004.backblazeb2.com', 'Backblaze B2']
  ] as const) {
    t.match(checkUploadMethod(endpoint, 'post'), {
      status: 'warn',
      detail: new RegExp(`^${store} rejects`),
      nextStep: 'Set POSTERFRAME_UPLOAD_METHOD=put.'
    })
    t.match(checkUploadMethod(endpoint, 'put'), { status: 'ok', detail: /by PUT/ })
  }
  for (const endpoint of ['https://s3.eu-west-1.amazonaws.com', 'http://127.0.0.1:9000', 'https://notbackblazeb2.com']) {
    t.match(checkUploadMethod(endpoint, 'post'), { status: 'ok', detail: /by POST/ }, endpoint)
  }
})
