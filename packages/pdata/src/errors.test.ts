import { describe, expect, it } from 'vitest';
import { MalformedTelemetryError } from './errors.js';

describe('MalformedTelemetryError', () => {
  it('says where before what, and the byte behind it', () => {
    const error = new MalformedTelemetryError('id_length', 'must have 16 bytes or none, got 7', {
      offset: 12,
      field: 'resource_spans.scope_spans.spans.trace_id',
    });
    expect(error.message).toBe(
      'resource_spans.scope_spans.spans.trace_id: must have 16 bytes or none, got 7 (byte 12)',
    );
    expect(error).toMatchObject({ code: 'id_length', offset: 12, path: undefined });
  });

  it('names a place in JSON by its path', () => {
    const error = new MalformedTelemetryError('value', 'must be an integer, got 1.5', {
      path: '$.resourceSpans[0]',
    });
    expect(error.message).toBe('$.resourceSpans[0]: must be an integer, got 1.5');
  });

  it('keeps the cause', () => {
    const cause = new SyntaxError('no');
    expect(new MalformedTelemetryError('json', 'is not JSON', { cause }).cause).toBe(cause);
    expect('cause' in new MalformedTelemetryError('json', 'is not JSON')).toBe(false);
  });

  it('is recognised by its brand, also when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), {
      [Symbol.for('tributary/MalformedTelemetryError')]: true,
    });
    expect(MalformedTelemetryError.is(foreign)).toBe(true);
    expect(MalformedTelemetryError.is(new Error('x'))).toBe(false);
    expect(MalformedTelemetryError.is(undefined)).toBe(false);
  });
});
