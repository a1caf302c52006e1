/**
 * Specialties and services of a general hospital in three languages, by the code that an
 * institution gives its clinicians. A code of its own is shown as words.
 */
import { currentLanguage } from './i18n';

const NAMES: Readonly<Record<string, readonly [es: string, pt: string, en: string]>> = {
  'medicina-general': ['Medicina general', 'Clínica geral', 'General practice'],
  'medicina-familiar': ['Medicina familiar y comunitaria', 'Medicina de família e comunidade', 'Family medicine'],
  'medicina-interna': ['Medicina interna', 'Clínica médica', 'Internal medicine'],
  pediatria: ['Pediatría', 'Pediatria', 'Paediatrics'],
  neonatologia: ['Neonatología', 'Neonatologia', 'Neonatology'],
  'ginecologia-obstetricia': ['Ginecología y obstetricia', 'Ginecologia e obstetrícia', 'Obstetrics and gynaecology'],
  ginecologia: ['Ginecología', 'Ginecologia', 'Gynaecology'],
  obstetricia: ['Obstetricia', 'Obstetrícia', 'Midwifery'],
  'cirugia-general': ['Cirugía general', 'Cirurgia geral', 'General surgery'],
  'cirugia-pediatrica': ['Cirugía pediátrica', 'Cirurgia pediátrica', 'Paediatric surgery'],
  'cirugia-plastica': ['Cirugía plástica y reparadora', 'Cirurgia plástica', 'Plastic surgery'],
  'cirugia-cardiovascular': ['Cirugía cardiovascular', 'Cirurgia cardiovascular', 'Cardiovascular surgery'],
  'cirugia-vascular': ['Cirugía vascular', 'Cirurgia vascular', 'Vascular surgery'],
  'cirugia-torax': ['Cirugía de tórax', 'Cirurgia torácica', 'Thoracic surgery'],
  'cirugia-cabeza-cuello': ['Cirugía de cabeza y cuello', 'Cirurgia de cabeça e pescoço', 'Head and neck surgery'],
  'cirugia-maxilofacial': [
    'Cirugía bucal y maxilofacial',
    'Cirurgia bucomaxilofacial',
    'Oral and maxillofacial surgery',
  ],
  neurocirugia: ['Neurocirugía', 'Neurocirurgia', 'Neurosurgery'],
  traumatologia: ['Ortopedia y traumatología', 'Ortopedia e traumatologia', 'Orthopaedics and traumatology'],
  urologia: ['Urología', 'Urologia', 'Urology'],
  anestesiologia: ['Anestesiología', 'Anestesiologia', 'Anaesthesiology'],
  'medicina-intensiva': ['Medicina intensiva', 'Medicina intensiva', 'Intensive care medicine'],
  'medicina-emergencias': ['Medicina de emergencias', 'Medicina de emergência', 'Emergency medicine'],
  cardiologia: ['Cardiología', 'Cardiologia', 'Cardiology'],
  neumologia: ['Neumología', 'Pneumologia', 'Respiratory medicine'],
  gastroenterologia: ['Gastroenterología', 'Gastroenterologia', 'Gastroenterology'],
  hepatologia: ['Hepatología', 'Hepatologia', 'Hepatology'],
  endocrinologia: ['Endocrinología', 'Endocrinologia', 'Endocrinology'],
  diabetologia: ['Diabetología', 'Diabetologia', 'Diabetes care'],
  nefrologia: ['Nefrología', 'Nefrologia', 'Nephrology'],
  hematologia: ['Hematología', 'Hematologia', 'Haematology'],
  oncologia: ['Oncología clínica', 'Oncologia clínica', 'Medical oncology'],
  'oncologia-pediatrica': ['Oncología pediátrica', 'Oncologia pediátrica', 'Paediatric oncology'],
  radioterapia: ['Radioterapia', 'Radioterapia', 'Radiation oncology'],
  reumatologia: ['Reumatología', 'Reumatologia', 'Rheumatology'],
  infectologia: ['Infectología', 'Infectologia', 'Infectious diseases'],
  inmunologia: ['Alergia e inmunología', 'Alergia e imunologia', 'Allergy and immunology'],
  dermatologia: ['Dermatología', 'Dermatologia', 'Dermatology'],
  neurologia: ['Neurología', 'Neurologia', 'Neurology'],
  neuropediatria: ['Neurología pediátrica', 'Neuropediatria', 'Paediatric neurology'],
  psiquiatria: ['Psiquiatría', 'Psiquiatria', 'Psychiatry'],
  'psiquiatria-infantil': [
    'Psiquiatría infantil y de la adolescencia',
    'Psiquiatria da infância e adolescência',
    'Child and adolescent psychiatry',
  ],
  psicologia: ['Psicología', 'Psicologia', 'Psychology'],
  neuropsicologia: ['Neuropsicología', 'Neuropsicologia', 'Neuropsychology'],
  adicciones: ['Adicciones', 'Dependência química', 'Addiction care'],
  geriatria: ['Geriatría', 'Geriatria', 'Geriatrics'],
  'cuidados-paliativos': ['Cuidados paliativos', 'Cuidados paliativos', 'Palliative care'],
  'medicina-dolor': ['Medicina del dolor', 'Medicina da dor', 'Pain medicine'],
  'medicina-fisica': [
    'Medicina física y rehabilitación',
    'Medicina física e reabilitação',
    'Physical and rehabilitation medicine',
  ],
  'medicina-deporte': ['Medicina del deporte', 'Medicina esportiva', 'Sports medicine'],
  'medicina-trabajo': ['Medicina del trabajo', 'Medicina do trabalho', 'Occupational medicine'],
  'medicina-legal': ['Medicina legal', 'Medicina legal', 'Forensic medicine'],
  'medicina-tropical': ['Medicina tropical', 'Medicina tropical', 'Tropical medicine'],
  genetica: ['Genética médica', 'Genética médica', 'Medical genetics'],
  reproduccion: ['Medicina reproductiva', 'Reprodução humana', 'Reproductive medicine'],
  'planificacion-familiar': ['Planificación familiar', 'Planejamento familiar', 'Family planning'],
  mastologia: ['Mastología', 'Mastologia', 'Breast care'],
  coloproctologia: ['Coloproctología', 'Coloproctologia', 'Colorectal surgery'],
  oftalmologia: ['Oftalmología', 'Oftalmologia', 'Ophthalmology'],
  optometria: ['Optometría', 'Optometria', 'Optometry'],
  otorrinolaringologia: ['Otorrinolaringología', 'Otorrinolaringologia', 'Otorhinolaryngology'],
  audiologia: ['Audiología', 'Audiologia', 'Audiology'],
  fonoaudiologia: ['Terapia de lenguaje', 'Fonoaudiologia', 'Speech and language therapy'],
  odontologia: ['Odontología', 'Odontologia', 'Dentistry'],
  ortodoncia: ['Ortodoncia', 'Ortodontia', 'Orthodontics'],
  odontopediatria: ['Odontopediatría', 'Odontopediatria', 'Paediatric dentistry'],
  nutricion: ['Nutrición', 'Nutrição', 'Nutrition and dietetics'],
  enfermeria: ['Enfermería', 'Enfermagem', 'Nursing'],
  fisioterapia: ['Terapia física', 'Fisioterapia', 'Physiotherapy'],
  'terapia-ocupacional': ['Terapia ocupacional', 'Terapia ocupacional', 'Occupational therapy'],
  'trabajo-social': ['Trabajo social', 'Serviço social', 'Social work'],
  podologia: ['Podología', 'Podologia', 'Podiatry'],
  'farmacia-clinica': ['Farmacia clínica', 'Farmácia clínica', 'Clinical pharmacy'],
  'patologia-clinica': ['Patología clínica y laboratorio', 'Patologia clínica', 'Clinical pathology'],
  'anatomia-patologica': ['Anatomía patológica', 'Anatomia patológica', 'Anatomical pathology'],
  radiologia: ['Radiología', 'Radiologia', 'Radiology'],
  ecografia: ['Ecografía', 'Ultrassonografia', 'Ultrasound'],
  'medicina-nuclear': ['Medicina nuclear', 'Medicina nuclear', 'Nuclear medicine'],
  'banco-sangre': ['Medicina transfusional', 'Hemoterapia', 'Transfusion medicine'],
  trasplantes: ['Trasplantes', 'Transplantes', 'Transplantation'],
  'salud-publica': ['Salud pública y epidemiología', 'Saúde pública e epidemiologia', 'Public health and epidemiology'],
  vacunacion: ['Vacunación', 'Vacinação', 'Vaccination'],
  'control-nino-sano': ['Control de niño sano', 'Puericultura', 'Well-child care'],
  'control-prenatal': ['Control prenatal', 'Pré-natal', 'Antenatal care'],
  'medicina-adolescencia': ['Medicina de la adolescencia', 'Medicina do adolescente', 'Adolescent medicine'],
  'medicina-tradicional': [
    'Medicina tradicional y complementaria',
    'Práticas integrativas e complementares',
    'Traditional and complementary medicine',
  ],
  telemedicina: ['Teleorientación', 'Teleorientação', 'Telehealth advice'],
};

/** The codes that have a name in every language. */
export const SPECIALTIES: readonly string[] = Object.keys(NAMES);

/** How a specialty is called: `medicina-general` is Medicina general, Clínica geral, General practice. */
export function specialtyName(code: string): string {
  const known = Object.hasOwn(NAMES, code) ? NAMES[code] : undefined;
  if (known) return known[{ es: 0, pt: 1, en: 2 }[currentLanguage()]] ?? code;
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The code of a name that was chosen or typed; a new one is made of its letters. */
export function specialtyCode(name: string): string {
  const known = SPECIALTIES.find((code) => same(specialtyName(code), name));
  return (
    known ??
    plain(name)
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 40)
  );
}

/** As the options of a list, by their names. */
export function specialtyOptions(codes: readonly string[]): { readonly value: string; readonly label: string }[] {
  return codes
    .map((value) => ({ value, label: specialtyName(value) }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase();
}

function same(one: string, other: string): boolean {
  return plain(one) === plain(other);
}
