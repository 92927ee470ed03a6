import { absent, found, textOf, type Detect } from '../detector.js';

/** A dyno of Heroku, by the variables that `runtime-dyno-metadata` sets. */
export const detectHeroku: Detect = async ({ surroundings: { env } }) => {
  const dyno = textOf(env['HEROKU_DYNO_ID']);
  if (dyno === undefined)
    return absent('HEROKU_DYNO_ID is not set (heroku labs:enable runtime-dyno-metadata)');
  return found({
    'cloud.provider': 'heroku',
    'heroku.app.id': env['HEROKU_APP_ID'],
    'heroku.dyno.id': dyno,
    'heroku.release.commit': env['HEROKU_SLUG_COMMIT'],
    'heroku.release.creation_timestamp': env['HEROKU_RELEASE_CREATED_AT'],
    'service.instance.id': dyno,
    'service.name': env['HEROKU_APP_NAME'],
    'service.version': env['HEROKU_RELEASE_VERSION'],
  });
};
