import currencyData from 'cldr-core/supplemental/currencyData.json';

/** One currency in one region: `_to` is set when it is out of use, `_tender` is "false" when nobody pays in it. */
interface Use {
  _from?: string;
  _to?: string;
  _tender?: string;
}

/** Unicode's CLDR lists the currencies of each region, the one in general use first. */
const REGIONS: Record<string, { [currency: string]: Use | undefined }[]> =
  currencyData.supplemental.currencyData.region;

/**
 * The ISO 4217 currency of a locale's country; of a bare language, that of the country where most speakers live.
 * Undefined for a region without a currency of its own, such as Antarctica.
 */
export function currencyOf(locale: string): string | undefined {
  const { region } = new Intl.Locale(locale).maximize();
  if (region === undefined || !Object.hasOwn(REGIONS, region)) return undefined;
  const uses = REGIONS[region]!.flatMap((use) => Object.entries(use));
  return uses.find(([, use]) => use?._to === undefined && use?._tender !== 'false')?.[0];
}
