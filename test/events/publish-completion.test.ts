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

/** A service of AWS as far as its protocol goes: it notes what it is asked, and answers what it is told to. */
async function startService (
  t: Test,
  variable: string,
  answers: Array<{ status: number, body: string | ((asked: string) => string) }>
) {
  const asked: Array<{ target: string, body: string, authorization: string }> = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({
        target: String(request.headers['x-amz-target'] ?? request.url),
        body,
        authorization: request.headers.authorization ?? ''
      })
      const { status, body: given } = answers.length > 1 ? answers.shift()! : answers[0]!
      const answer = typeof given === 'string' ? given : given(body)
      response
        .writeHead(status, { 'content-type': answer.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0' })
        .end(answer)
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
  return { asked, port }
}

const announceTo = (target: string) => createPublishCompletion(parseCompletionTarget(target)!, credentials)

t.test('a bus gets an event with the outcome as its type', async (t) => {
  const { asked } = await startService(t, 'AWS_ENDPOINT_URL_EVENTBRIDGE', [
    { status: 200, body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }
  ])
  const publishCompletion = announceTo('arn:aws:events:eu-central-1:123456789012:event-bus/media')
  await publishCompletion(made, signal)
  await publishCompletion(failed, signal)
  const entries = asked.map(({ body }) => (JSON.parse(body) as { Entries: Array<Record<string, string>> }).Entries[0]!)
  t.match(entries, [
    { EventBusName: /event-bus\/media$/, Source: 'posterframe', DetailType: 'Posterframe Thumbnail Created' },
    { DetailType: 'Posterframe Thumbnail Failed' }
  ])
  t.same(
    entries.map(({ Detail = '' }) => JSON.parse(Detail) as unknown),
    [made, failed]
  )
  t.match(asked[0]?.authorization, /Credential=AKIDTEST\/\d+\/eu-central-1\/events\//)
})

t.test('a bus that answers 200 and did not take the event has not taken it', async (t) => {
  await startService(t, 'AWS_ENDPOINT_URL_EVENTBRIDGE', [
    {
      status: 200,
      body: '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}'
    }
  ])
  await t.rejects(
    announceTo('arn:aws:events:eu-central-1:123456789012:event-bus/media')(made, signal),
    /ThrottlingException/
  )
})

t.test('a topic gets a message with the outcome as an attribute', async (t) => {
  const { asked } = await startService(t, 'AWS_ENDPOINT_URL_SNS', [
    {
      status: 200,
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
    }
  ])
  await announceTo('arn:aws:sns:eu-central-1:123456789012:media')(made, signal)
  const form = new URLSearchParams(asked[0]?.body)
  t.match(Object.fromEntries(form), {
    Action: 'Publish',
    TopicArn: /:media$/,
    'MessageAttributes.entry.1.Name': 'outcome',
    'MessageAttributes.entry.1.Value.StringValue': 'Posterframe Thumbnail Created'
  })
  t.same(JSON.parse(form.get('Message') ?? ''), made)
})

/** A queue says what it got. */
function confirm (asked: string): string {
  const { MessageBody } = JSON.parse(asked) as { MessageBody: string }
  return JSON.stringify({ MessageId: '1', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })
}

t.test('a queue gets a message, and one that is away for a moment is asked again', async (t) => {
  const { asked, port } = await startService(t, 'AWS_ENDPOINT_URL_SQS', [
    { status: 503, body: '{"__type":"ServiceUnavailable"}' },
    { status: 200, body: confirm }
  ])
  await announceTo(`http://127.0.0.1:${port}/123456789012/media`)(failed, signal)
  t.match(
    asked.map(({ target }) => target),
    ['AmazonSQS.SendMessage', 'AmazonSQS.SendMessage']
  )
  const sent = JSON.parse(asked[1]?.body ?? '') as { MessageBody: string }
  t.match(sent, { QueueUrl: /media$/, MessageAttributes: { outcome: { StringValue: 'Posterframe Thumbnail Failed' } } })
  t.same(JSON.parse(sent.MessageBody), failed)
})
