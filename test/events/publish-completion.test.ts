import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createPublishCompletion, parseCompletionTarget } from '../../src/events/publish-completion.ts'
import type { Completion } from '../../src/thumbnails/use-cases/handle-source-change.ts'
import { fakeThumbnail } from '../support/fake-services.ts'

const { signal } = new AbortController()
const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'SECRETTEST' }
const source = { bucket: 'videos', key: 'a+b %2B, ü.mp4' }
const made: Completion = {
  name: 'poster',
  source,
  alias: { bucket: 'thumbnails', key: 'poster.jpg' },
  thumbnail: fakeThumbnail
}
const failed: Completion = {
  name: 'poster',
  source,
  record: { bucket: 'thumbnails', key: 'poster.failed' },
  problem: { code: 'no_video_track' }
}

/** Starts a fake AWS service that records requests and sends the given responses, the last one repeatedly. */
async function startService (
  t: Test,
  variable: string,
  responses: Array<{ status: number, body: string | ((request: string) => string) }>
) {
  const requests: Array<{ target: string, body: string, authorization: string }> = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({
        target: String(request.headers['x-amz-target'] ?? request.url),
        body,
        authorization: request.headers.authorization ?? ''
      })
      const { status, body: given } = responses.length > 1 ? responses.shift()! : responses[0]!
      const responseBody = typeof given === 'string' ? given : given(body)
      response
        .writeHead(status, { 'content-type': responseBody.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0' })
        .end(responseBody)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const env: Record<string, string> = { AWS_REGION: 'eu-central-1', [variable]: `http://127.0.0.1:${port}` }
  Object.assign(process.env, env)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
    for (const name of Object.keys(env)) Reflect.deleteProperty(process.env, name)
  })
  return { requests, port }
}

const publishTo = (target: string) => createPublishCompletion(parseCompletionTarget(target)!, credentials)

t.test('sends an event to a bus, with the outcome as its type', async (t) => {
  const { requests } = await startService(t, 'AWS_ENDPOINT_URL_EVENTBRIDGE', [
    { status: 200, body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }
  ])
  const publishCompletion = publishTo('arn:aws:events:eu-central-1:123456789012:event-bus/media')
  await publishCompletion(made, signal)
  await publishCompletion(failed, signal)
  const entries = requests.map(
    ({ body }) => (JSON.parse(body) as { Entries: Array<Record<string, string>> }).Entries[0]!
  )
  t.match(entries, [
    { EventBusName: /event-bus\/media$/, Source: 'posterframe', DetailType: 'Posterframe Thumbnail Created' },
    { DetailType: 'Posterframe Thumbnail Failed' }
  ])
  t.same(
    entries.map(({ Detail = '' }) => JSON.parse(Detail) as unknown),
    [made, failed]
  )
  t.match(requests[0]?.authorization, /Credential=AKIDTEST\/\d+\/eu-central-1\/events\//)
})

t.test('rejects if a bus returns 200 and an error for the event', async (t) => {
  await startService(t, 'AWS_ENDPOINT_URL_EVENTBRIDGE', [
    {
      status: 200,
      body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}'
    }
  ])
  await t.rejects(
    publishTo('arn:aws:events:eu-central-1:123456789012:event-bus/media')(made, signal),
    /ThrottlingException/
  )
})

t.test('sends a message to a topic, with the outcome as an attribute', async (t) => {
  const { requests } = await startService(t, 'AWS_ENDPOINT_URL_SNS', [
    {
      status: 200,
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
    }
  ])
  await publishTo('arn:aws:sns:eu-central-1:123456789012:media')(made, signal)
  const form = new URLSearchParams(requests[0]?.body)
  t.match(Object.fromEntries(form), {
    Action: 'Publish',
    TopicArn: /:media$/,
    'MessageAttributes.entry.1.Name': 'outcome',
    'MessageAttributes.entry.1.Value.StringValue': 'Posterframe Thumbnail Created'
  })
  t.same(JSON.parse(form.get('Message') ?? ''), made)
})

/** The response of a queue, which has the digest of the message. */
function confirm (request: string): string {
  const { MessageBody } = JSON.parse(request) as { MessageBody: string }
  return JSON.stringify({ MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })
}

t.test('sends a message to a queue, and retries if the queue is unavailable', async (t) => {
  const { requests, port } = await startService(t, 'AWS_ENDPOINT_URL_SQS', [
    { status: 503, body: '{"__type":"ServiceUnavailable"}' },
    { status: 200, body: confirm }
  ])
  await publishTo(`http://127.0.0.1:${port}/123456789012/media`)(failed, signal)
  t.match(
    requests.map(({ target }) => target),
    ['AmazonSQS.SendMessage', 'AmazonSQS.SendMessage']
  )
  const sent = JSON.parse(requests[1]?.body ?? '') as { MessageBody: string }
  t.match(sent, { QueueUrl: /media$/, MessageAttributes: { outcome: { StringValue: 'Posterframe Thumbnail Failed' } } })
  t.same(JSON.parse(sent.MessageBody), failed)
})
