import { describeLive } from './describe-live.ts';

describeLive('kubernetes');
