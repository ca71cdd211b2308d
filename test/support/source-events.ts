// Events of S3 as each AWS service delivers them, with the members of the AWS documentation.
import type { ObjectLocation } from '../../src/store/object-store.ts'

/** Encodes a key as a notification of S3 does: as in a form. */
export const encodeFormKey = (key: string): string => new URLSearchParams({ key }).toString().slice('key='.length)

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function buildNotification (sources: readonly ObjectLocation[], eventName = 'ObjectCreated:Put') {
  return {
    Records: sources.map(({ bucket, key }) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-west-2',
      eventTime: '1970-01-01T00:00:00.000Z',
      eventName,
      userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: {
        'x-amz-request-id': 'C3D13FE58DE4C810',
        'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD'
      },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'testConfigRule',
        bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
        object: {
          key: encodeFormKey(key),
          ...(eventName.startsWith('ObjectCreated') ? { size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e' } : {}),
          versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
          sequencer: '0055AED6DCD90281E5'
        }
      }
    }))
  }
}

/** The event that S3 sends when a notification is configured. */
export const TEST_EVENT = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2014-10-13T15:57:02.089Z',
  Bucket: 'bucketname',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE'
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function buildBridgeEvent ({ bucket, key }: ObjectLocation, detailType = 'Object Created') {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': detailType,
    source: 'aws.s3',
    account: '111122223333',
    time: '2021-11-12T00:00:00Z',
    region: 'ca-central-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: {
        key,
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sequencer: '617f08299329d189'
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: '123456789012',
      'source-ip-address': '1.2.3.4',
      reason: 'PutObject'
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function buildQueueEvent (messages: readonly unknown[]) {
  return {
    Records: messages.map((message, place) => ({
      messageId: `message-${place}`,
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
      body: typeof message === 'string' ? message : JSON.stringify(message),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1545082649183',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1545082649185'
      },
      messageAttributes: {},
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
      awsRegion: 'us-east-2'
    }))
  }
}

/**
 * A notification of SNS as a queue or an endpoint receives it:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function buildTopicMessage (message: unknown) {
  return {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
    Subject: 'Amazon S3 Notification',
    Message: JSON.stringify(message),
    Timestamp: '2012-05-02T00:54:06.655Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLEw6JRN...',
    SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService.pem',
    UnsubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe'
  }
}

/** A notification of SNS as a function receives it: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function buildTopicEvent (message: unknown) {
  const { Type, ...Sns } = buildTopicMessage(message)
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:sns-lambda:21be56ed',
        EventSource: 'aws:sns',
        Sns: { ...Sns, Type, MessageAttributes: {} }
      }
    ]
  }
}
