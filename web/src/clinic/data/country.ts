/** The institution's country, whose words and numbers the pages speak. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { chooseCountry, currentCountry } from '../language/i18n';
import { patients, unwrap } from './server/client';

export const COUNTRY_PROFILE = ['admin', 'country-profile'] as const;
const FRESH_MS = 3_600_000;

/** What the country demands of records; changed on the page of the country only. */
export function useCountryProfile() {
  return useQuery({
    queryKey: COUNTRY_PROFILE,
    queryFn: () => unwrap(patients.GET('/patients/country-profile')),
    staleTime: FRESH_MS,
  });
}

/** Keeps the pages in the words of the institution's country; without an answer they stay as they are. */
export function useCountrysWords(): void {
  const { data } = useCountryProfile();
  useEffect(() => {
    if (data && (data.country ?? undefined) !== currentCountry()) void chooseCountry(data.country);
  }, [data]);
}
