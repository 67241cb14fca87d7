import { describeLive } from './describe-live.ts';

describeLive('azure');
