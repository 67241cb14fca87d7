import { describeLive } from './describe-live.ts';

describeLive('gcp');
