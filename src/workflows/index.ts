export { journey } from './journey';
